"""Running cases brought to another version of their process: tried first, one by one, and undone while untouched."""
