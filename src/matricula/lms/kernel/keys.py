"""What a name must be like to be stored as an identity's value."""

import re

KEY_LENGTH = 255
"""Characters, as in edX's platform."""

_UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def find_key_fault(value: str) -> str | None:
    """Say in words what is wrong with a stripped key, or None if nothing is."""
    if not value:
        return "the student key is blank"
    if len(value) > KEY_LENGTH:
        return f"the student key has {len(value)} characters; {KEY_LENGTH} are possible"
    if not value.isprintable() and (found := _UNSTORABLE.search(value)):
        return (
            f"the student key has a control character (U+{ord(found[0]):04X}) "
            f"at position {found.start() + 1}"
        )
    return None
