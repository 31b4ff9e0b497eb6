"""Use cases on processes: definitions, instances, tasks, inbox, timers, incidents."""
