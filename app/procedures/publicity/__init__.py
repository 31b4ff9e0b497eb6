"""Publicity (公示): batches, the board, and each name's period."""
