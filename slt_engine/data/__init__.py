"""From clips to batches."""
