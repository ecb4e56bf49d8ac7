"""Words for people can be collected, and say nothing of how one language puts them together."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.reading import SOURCE, list_python_files, parse, place

OURS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
"""The names by which ``makemessages`` finds words."""
TEMPLATES = sorted(
    path for kind in ("html", "txt") for path in SOURCE.rglob(f"templates/**/*.{kind}")
)
UNTIDY = {
    "a plural in brackets": re.compile(r"[a-z]\(e?s\)"),
    "lines that belong to the message": re.compile(
        r"{% blocktranslate(?:(?!trimmed)[^%])*%}(?:(?!{% endblocktranslate).)*\n"
    ),
    "a date of one country": re.compile(r'\|(?:date|time):"(?![A-Z_]+_FORMAT")'),
    "a number that is not the reader's": re.compile(r"\|(?:floatformat|stringformat):\"(?!d\")"),
}


def test_all_words_are_found_that_are_to_be_translated() -> None:
    lost = [
        f"{place(path)}:{node.lineno}"
        for path in list_python_files(SOURCE)
        if "django.utils.translation" in path.read_text()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.ImportFrom | ast.Call) and (_renames(node) or _hides(node))
    ]
    assert lost == []


def test_templates_leave_to_each_language_what_is_its_own() -> None:
    found = [f"{place(path)}: {what}" for path in TEMPLATES for what in _list_untidy(path)]
    assert found == []


def _renames(node: ast.ImportFrom | ast.Call) -> bool:
    """Tell whether words are marked by a name that nobody looks for."""
    if not isinstance(node, ast.ImportFrom) or node.module != "django.utils.translation":
        return False
    return any(
        "gettext" in each.name and (each.asname or each.name) not in OURS for each in node.names
    )


def _hides(node: ast.ImportFrom | ast.Call) -> bool:
    """Tell whether what is to be translated is only known when the program runs."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return False
    if node.func.id not in OURS:
        return False
    messages = node.args[:2] if node.func.id[0] == "n" else node.args[:1]
    return not all(isinstance(each, ast.Constant) for each in messages)


def _list_untidy(path: Path) -> Iterator[str]:
    text = path.read_text()
    return (what for what, pattern in UNTIDY.items() if pattern.search(text))
