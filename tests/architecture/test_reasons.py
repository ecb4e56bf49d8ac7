"""Who switches a check off says why, on that line."""

import re

from tests.architecture.reading import SOURCE, list_python_files, place

SWITCH = re.compile(r"#\s*(?:ruff: )?(?:noqa|type: ignore|mypy|pyright|pragma|fmt)\b")
REASONED = re.compile(
    r"#\s*(?:(?:ruff: )?noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|type: ignore\[[\w, -]+\])"
    r"\W+[A-Za-z]\w*"
)


def test_every_check_that_is_switched_off_has_its_reason() -> None:
    bare = [
        f"{place(path)}:{number} {line.strip()}"
        for path in list_python_files(SOURCE)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if SWITCH.search(line) and not REASONED.search(line)
    ]
    assert bare == []
