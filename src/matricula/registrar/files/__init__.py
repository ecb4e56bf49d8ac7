"""Files: what schools have sent, and what they are given, kept for a while and out of sight.

A file has a name in Django's default storage that says nothing of what is in it. Nobody reads it
there: people follow signed links that end after a while, and can be had anew.
"""
