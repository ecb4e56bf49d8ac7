"""How the Registrar is set up."""
