"""Notices to people: templates in files, an outbox of the same transaction, channels, official documents."""
