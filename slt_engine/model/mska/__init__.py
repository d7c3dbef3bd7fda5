"""Keypoint encoders (joint, paper, conv), their CTC heads and the gloss MLP."""
