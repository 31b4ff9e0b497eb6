"""Uploaded files: checked by content, kept outside the static tree, read only by those entitled."""
