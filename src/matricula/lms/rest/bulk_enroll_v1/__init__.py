"""edX's bulk enrollment."""
