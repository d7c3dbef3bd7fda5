"""Keypoint encoders with their CTC heads."""
