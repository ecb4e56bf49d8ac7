"""edX's Program Enrollments API v1."""
