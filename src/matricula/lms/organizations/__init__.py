"""Organizations: the schools and partners. A school's student keys are its own."""
