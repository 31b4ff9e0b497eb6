"""Flask: pages, forms and commands; opens the transaction of a request."""
