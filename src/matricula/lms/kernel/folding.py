"""Folding: the one way in which two spellings of a name are found to be the same."""

from unicodedata import normalize


def fold(value: str) -> str:
    """Return ``value`` as it is compared: stripped, letter case and Unicode composition ignored.

    Idempotent. Source: ADR 0002 (strip, NFC, casefold); decomposing before the casefold
    and composing after it is Unicode's canonical caseless matching (The Unicode Standard, D145).
    """
    stripped = value.strip()
    if stripped.isascii():
        return stripped.lower()
    return normalize("NFC", normalize("NFD", stripped).casefold()).strip()
