"""What can be stored as an identity's value, and what is said of what cannot."""

import pytest

from matricula.lms.kernel.api import KEY_LENGTH, find_key_fault


def test_an_ordinary_key_has_no_fault() -> None:
    assert find_key_fault("rv-0101") is None


@pytest.mark.parametrize(
    "key",
    [
        "x" * KEY_LENGTH,
        "Zoë Ångström",
        "学生-1",
        "a b",
        "a\\tb",
        "\\N",
        "'; --",
        "😀",
        "\u200b",
        "%s",
    ],
)
def test_unusual_keys_are_possible(key: str) -> None:
    assert find_key_fault(key) is None


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "the student key is blank"),
        ("x" * 256, "the student key has 256 characters; 255 are possible"),
        ("a\tb", "the student key has a control character (U+0009) at position 2"),
        ("ab\x00", "the student key has a control character (U+0000) at position 3"),
        ("\x85a", "the student key has a control character (U+0085) at position 1"),
        ("a\x7f", "the student key has a control character (U+007F) at position 2"),
        ("a\ud800", "the student key has a control character (U+D800) at position 2"),
    ],
)
def test_a_fault_is_said_in_words(key: str, words: str) -> None:
    assert find_key_fault(key) == words
