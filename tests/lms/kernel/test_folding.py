"""Two spellings of one name fold to the same text."""

from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matricula.lms.kernel.api import fold


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
