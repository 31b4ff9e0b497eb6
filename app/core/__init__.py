"""What every layer stands on: database, transaction, clock, actor, audit, errors, encryption, vocabulary."""
