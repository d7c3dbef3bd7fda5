"""Importing runs."""
