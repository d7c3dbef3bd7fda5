"""What a run leaves: its directory, status, journals and supervisor. No torch, no numpy."""
