"""edX's account API, as far as its front ends read it."""
