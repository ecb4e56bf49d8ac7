"""Sign-on: schools that say who somebody is.

A *provider* is what a school runs to prove its people's names, by OpenID Connect or SAML. What it
said of one person is an *assertion*: a subject, which finds the account, and a student key, whose
identity is bound to that account. Binding never fails a sign-in: what could not be settled is
kept, tried again, and shown.
"""
