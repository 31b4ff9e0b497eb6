"""Alembic migrations: `flask db upgrade` brings a database to the schema of the models."""
