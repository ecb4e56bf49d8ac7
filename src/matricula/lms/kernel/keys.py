"""What a name must be like to be stored as an identity's value."""

import re
from unicodedata import category, name

KEY_LENGTH = 255
"""Characters, as in edX's platform."""

UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and halves of characters."""

_RETIRED = re.compile(r"retired_[0-9a-f]{64}(?:#[0-9]+)?", re.IGNORECASE)
"""What stands for the key of somebody who was retired: a roster that was read may be sent back."""

_INVISIBLE_CATEGORIES = {"Cf", "Zl", "Zp"}
_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"  # some scripts are not written without
_NO_BREAK_SPACES = "\N{NO-BREAK SPACE}\N{FIGURE SPACE}\N{NARROW NO-BREAK SPACE}"


def find_key_fault(value: str, *, what: str = "student key") -> str | None:
    """Say in words what is wrong with a stripped key, or None if nothing is."""
    if not value:
        return f"the {what} is blank"
    if len(value) > KEY_LENGTH:
        return f"the {what} has {len(value)} characters; {KEY_LENGTH} are possible"
    if _RETIRED.fullmatch(value):
        return f"the {what} stands for somebody who was retired"
    return None if value.isprintable() else _find_unprintable(value, what=what)


def _find_unprintable(value: str, *, what: str) -> str | None:
    if found := UNSTORABLE.search(value):
        return (
            f"the {what} has a control character (U+{ord(found[0]):04X}) "
            f"at position {found.start() + 1}"
        )
    for position, each in enumerate(value, start=1):
        if _is_invisible(each):
            said = f"U+{ord(each):04X} {name(each, '')}".strip()
            return f"the {what} has an invisible character ({said}) at position {position}"
    return None


def _is_invisible(character: str) -> bool:
    """Tell whether two keys could look the same and differ by this character."""
    if character in _JOINERS:
        return False
    return character in _NO_BREAK_SPACES or category(character) in _INVISIBLE_CATEGORIES
