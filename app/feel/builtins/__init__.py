"""The built-in functions of FEEL, by the kind of value they work on."""
