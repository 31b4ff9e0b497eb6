"""Releases: a draft of a process on its way to a version, and what a version shows of its past."""
