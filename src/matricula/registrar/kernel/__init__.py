"""What all of the Registrar stands on: who acts, and how the LMS is reached."""
