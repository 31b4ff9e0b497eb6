"""Work that time starts: timers, queued messages, outbox, reminders."""
