"""Pictures of the app and the commands, drawn by them."""
