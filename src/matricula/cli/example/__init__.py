"""An example school: invented, the same on every machine, and there to be looked at."""
