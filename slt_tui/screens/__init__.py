"""Screens: each composes, binds keys and routes messages."""
