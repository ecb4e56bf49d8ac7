"""People: what concerns all of one person, across the apps.

To *retire* somebody is to erase them; to *merge* is to give one of a person's two accounts what
the other one held; to *masquerade* is to look at the LMS as somebody else does.
"""
