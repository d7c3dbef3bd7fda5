"""Keypoint encoders (conv, joint), their CTC heads and the gloss MLP."""
