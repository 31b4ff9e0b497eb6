"""The records that procedures read and update: experts, units, files."""
