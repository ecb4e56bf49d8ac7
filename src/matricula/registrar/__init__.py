"""The Registrar: the schools' integration point. It keeps no authoritative enrollment.

A service of its own, with its own settings, database and worker; it knows the LMS only through
``matricula.lms_client``.
"""
