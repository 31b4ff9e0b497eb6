"""What the regulation says of an objection, pure: what must be stated, whether it is in time, the letters."""
