"""From videos to crops, pose and keypoints, by MediaPipe Holistic in processes of their own."""
