"""What is shown of runs' numbers: which series of a metric, along what, how smooth. No textual."""
