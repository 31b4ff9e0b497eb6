"""What the regulation says of an application, pure: the form's fields, the routes of Article 11, its papers."""
