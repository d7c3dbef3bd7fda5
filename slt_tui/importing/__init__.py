"""Importing: a run's directory out of another program's numbers, or out of a bundle."""
