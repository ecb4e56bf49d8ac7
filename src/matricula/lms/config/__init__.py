"""How the LMS is set up."""
