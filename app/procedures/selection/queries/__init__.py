"""What pages and papers show of selection."""
