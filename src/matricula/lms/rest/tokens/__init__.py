"""OAuth2 tokens, their keys, and the cookies and CSRF tokens of front ends."""
