"""Plans over HTTP: made, shown, applied as they were shown, given up, and made to undo."""
