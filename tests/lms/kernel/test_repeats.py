"""Rows that name one thing twice are found, with all their lines."""

from matricula.lms.kernel.api import find_repeats, group_repeats, repeated_on


def test_a_key_on_two_lines_is_repeated() -> None:
    assert find_repeats(["a", "b", "a"], [2, 3, 4]) == {"a": [2, 4]}


def test_different_keys_are_no_repetition() -> None:
    assert find_repeats(["a", "b"], [2, 3]) == {}


def test_nothing_has_no_repetition() -> None:
    assert find_repeats([], []) == {}


def test_rows_that_name_different_variants_are_no_repetition() -> None:
    assert find_repeats(["a", "a"], [2, 3], [1, 2]) == {}


def test_rows_that_name_the_same_variant_are() -> None:
    assert find_repeats(["a", "a"], [2, 3], [1, 1]) == {"a": [2, 3]}


def test_a_row_that_leaves_the_variant_open_could_be_any_of_them() -> None:
    assert find_repeats(["a", "a"], [2, 3], [1, None]) == {"a": [2, 3]}


def test_rows_may_come_one_by_one() -> None:
    rows = iter([("a", 2, None), ("b", 3, None), ("a", 9, None)])
    assert {key: list(lines) for key, lines in group_repeats(rows).items()} == {"a": [2, 9]}


def test_the_other_lines_are_named() -> None:
    words = repeated_on([2, 7, 9], line=7, what="the same student key")
    assert words == "the same student key is also on line 2, 9; none of these rows is applied"


def test_many_lines_are_counted_instead() -> None:
    words = repeated_on(range(2, 12), line=2, what="it")
    assert words == "it is also on line 3, 4, 5, 6, 7 and 4 more; none of these rows is applied"


def test_a_line_that_is_repeated_within_itself_names_no_other() -> None:
    assert repeated_on([2, 2], line=2, what="it") == "it is repeated"
