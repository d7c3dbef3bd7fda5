"""The new-run form without a screen: where settings come from, what was changed, what is wrong, what to type."""
