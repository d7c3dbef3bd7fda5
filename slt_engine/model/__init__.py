"""Batch -> Output: stream projectors, fusion, temporal transformer, keypoint encoders, decoder."""
