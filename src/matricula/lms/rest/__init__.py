"""REST: one folder for each surface; views translate, and decide nothing.

What all surfaces share stands beside them: who calls (``authenticating``), what a refusal becomes
(``problems``), bodies in (``parsing``) and out (``rendering``).
"""
