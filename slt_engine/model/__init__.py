"""From a batch to an output."""
