"""What people see of the Registrar: signing in at the LMS, and the administrators' pages."""
