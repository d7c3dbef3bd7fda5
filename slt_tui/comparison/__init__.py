"""Comparison: runs side by side. Settings that differ, scores with deltas, translations of the same clips."""
