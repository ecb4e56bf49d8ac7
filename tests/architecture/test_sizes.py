"""A module and a function fit in the head, and each is named for a subject."""

import ast
from pathlib import Path

import pytest

from tests.architecture.reading import ROOT, SOURCE, list_python_files, parse, place

LONGEST_FILE = 400
LONGEST_FUNCTION = 49
NAMES_OF_KINDS = {"common", "helpers", "managers", "misc", "services", "utils"}

WRITTEN = [
    path
    for path in list_python_files(SOURCE, ROOT / "tests", ROOT / "bench")
    if "migrations" not in path.parts
]


def test_there_is_something_to_look_at() -> None:
    assert SOURCE / "__init__.py" in WRITTEN


@pytest.mark.parametrize("path", WRITTEN, ids=place)
def test_a_file_fits_in_the_head(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", WRITTEN, ids=place)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    long = [
        f"{place(path, node)} {node.name}"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_no_module_is_named_for_a_kind_of_code() -> None:
    """Such a module has no reason to stop growing."""
    paths = [*SOURCE.rglob("*.py"), *(path for path in SOURCE.rglob("*") if path.is_dir())]
    assert [place(path) for path in paths if path.stem in NAMES_OF_KINDS] == []
