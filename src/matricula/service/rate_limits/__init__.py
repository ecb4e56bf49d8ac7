"""Rate limits: how often a caller may ask, counted for all processes and hosts together."""
