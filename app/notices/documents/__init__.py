"""Official documents as PDF: pure functions from typed data to bytes."""
