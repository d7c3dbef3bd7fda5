"""Prepares sign-language data, trains, evaluates: everything that needs torch, and the run directory."""

__version__ = "0.1.0"
