"""Two spellings of one name fold to the same text."""

from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matricula.service.folding import fold, strip_key


def test_letter_case_and_spaces_around_do_not_count() -> None:
    assert fold("  RV-0103\t") == fold("rv-0103") == "rv-0103"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("é", "e\u0301"),  # composed and decomposed
        ("É", "e\u0301"),
        ("STRASSE", "straße"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),  # the final sigma
        ("\u1e9b\u0323", "\u017f\u0323\u0307"),  # marks in another order
        ("\u00a0rv-1\u3000", "rv-1"),  # spaces of other scripts
        ("\ufeffRV-1", "rv-1"),  # a byte order mark
        ("rv-1\u200b \u200e", "rv-1"),
        ("\u212a", "k"),  # the Kelvin sign
    ],
)
def test_spellings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("rv-1", "rv-2"), ("rv 1", "rv1"), ("é", "e"), ("\uff11", "1")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=40))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_the_composition_of_characters_does_not_count(text: str) -> None:
    assert fold(normalize("NFC", text)) == fold(normalize("NFD", text)) == fold(text)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (" RV-1\t", "RV-1"),
        ("\ufeff Zo\u00eb\u00a0\u200b", "Zo\u00eb"),
        ("\u200b", ""),
        ("a\u200bb", "a\u200bb"),
        ("\u06f1\u200d", "\u06f1\u200d"),
    ],
)
def test_what_is_unseen_around_a_key_is_not_stored(value: str, stored: str) -> None:
    assert strip_key(value) == stored


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="aB \u00a0\ufeff\u200b\u200d\u0301\u00c9\u00df", max_size=12))
def test_stripping_and_folding_again_change_nothing(text: str) -> None:
    assert strip_key(strip_key(text)) == strip_key(text)
    assert fold(fold(text)) == fold(strip_key(text)) == fold(text)
