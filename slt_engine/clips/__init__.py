"""What lies on disk: index, keypoint and pose files, landmark layouts. No torch."""
