"""SAML 2.0: a school's provider answers by a signed document that the browser brings.

Nothing in it is believed before all of it was looked at: `unpacking` lets only plain text through
to a parser, `guarding` only one shape through to the check of signatures, and `checking` reads
only what a signature covers. ADR 0021 says which library does what, and what it does not.
"""
