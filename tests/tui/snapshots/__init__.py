"""Every screen and its main states as pictures, at 80 x 24 and at 160 x 45; looked at when they change."""
