"""What a run is: settings, presets and how they are put together. No torch, no numpy."""
