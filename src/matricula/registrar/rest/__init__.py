"""REST: edX's Registrar API, versions 1, 2 and 3; views translate, and decide nothing.

Versions 1 and 2 are the same; of version 3 there is the list of programs. Beside them stand what a
console needs in order to call at all, and what operators watch.
"""
