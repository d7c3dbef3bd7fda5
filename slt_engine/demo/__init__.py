"""Data sets to try things on: real fingerspelling, and a procedural signer."""
