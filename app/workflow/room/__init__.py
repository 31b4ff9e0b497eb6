"""The operations room: what runs and where it waits, how long elements take, and the repair of single cases."""
