"""Rules of selection: pure functions of data, rule set and moment."""
