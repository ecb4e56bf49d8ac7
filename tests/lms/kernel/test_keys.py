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
        "\u0646\u0627\u0645\u0647\u200c\u0647\u0627",  # Persian needs the non-joiner
        "\U0001f469\u200d\U0001f393",
        "a\u3000b",
        "%s",
        "retired_teacher",
        f"retired_{'0a' * 31}",
        f"retired_{'0a' * 33}",
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
        (
            "rv\u200b-1",
            "the student key has an invisible character (U+200B ZERO WIDTH SPACE) at position 3",
        ),
        (
            "rv\u00a01",
            "the student key has an invisible character (U+00A0 NO-BREAK SPACE) at position 3",
        ),
        (
            "rv\u2028",
            "the student key has an invisible character (U+2028 LINE SEPARATOR) at position 3",
        ),
        ("a\ud800", "the student key has a control character (U+D800) at position 2"),
        (f"retired_{'0a' * 32}", "the student key stands for somebody who was retired"),
        (f"Retired_{'0A' * 32}#12", "the student key stands for somebody who was retired"),
    ],
)
def test_a_fault_is_said_in_words(key: str, words: str) -> None:
    assert find_key_fault(key) == words


@pytest.mark.parametrize("unseen", ["\u202f", "\u2007", "\u2029", "\ufeff", "\u00ad", "\u202e"])
def test_no_two_keys_look_the_same(unseen: str) -> None:
    assert "invisible" in (find_key_fault(f"rv{unseen}1") or "")


def test_a_fault_says_what_it_is_of() -> None:
    assert find_key_fault("", what="address") == "the address is blank"
    assert (find_key_fault("a\x00", what="address") or "").startswith("the address has a control")
    assert (find_key_fault("a\u200bb", what="address") or "").startswith("the address has an inv")
