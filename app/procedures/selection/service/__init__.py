"""What may be done in selection; the web and the operations call these functions."""
