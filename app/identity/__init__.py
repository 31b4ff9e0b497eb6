"""Users, roles, units' staff and what they may do."""
