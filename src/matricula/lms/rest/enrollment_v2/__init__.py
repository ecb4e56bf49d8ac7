"""Our own Enrollment API."""
