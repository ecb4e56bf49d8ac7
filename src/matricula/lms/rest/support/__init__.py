"""What edX's support tool asks."""
