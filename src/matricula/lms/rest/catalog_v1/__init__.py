"""The catalog in course-discovery's shape."""
