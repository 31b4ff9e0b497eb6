"""The invented world of the demo: units, experts, staff, and applications standing at every stage."""
