"""edX's Enrollment API v1, with programs added."""
