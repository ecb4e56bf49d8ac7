"""Documents hold together: links lead somewhere, decisions are numbered, reasons are given."""

import re
from pathlib import Path

import pytest

from tests.architecture.reading import PYPROJECT, ROOT, place

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("changes/*.md")])
DECISIONS = sorted(ROOT.glob("docs/decisions/*.md"))
HEADINGS = ["Status", "Context", "Decision", "Consequences", "Rejected"]

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def slug(heading: str) -> str:
    """Make the anchor that a heading gets where the documents are read."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def read_prose(path: Path) -> str:
    return FENCED.sub("", path.read_text())


def list_anchors(path: Path) -> set[str]:
    return {slug(found) for found in re.findall(r"^#+ (.*)$", read_prose(path), re.MULTILINE)}


@pytest.mark.parametrize("path", DOCUMENTS, ids=place)
def test_links_lead_somewhere(path: Path) -> None:
    """Those that lead outside are not followed: nothing outside is asked in a test."""
    links = [link for link in LINK.findall(read_prose(path)) if not re.match(r"[a-z]+:", link)]
    assert [link for link in links if not leads_somewhere(link, path)] == []


def leads_somewhere(link: str, document: Path) -> bool:
    name, _, anchor = link.partition("#")
    target = (document.parent / name).resolve() if name else document
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or anchor in list_anchors(target)


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [path.name.partition("-")[0] for path in DECISIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]
    assert numbers  # there are some, where they are looked for


def test_a_decision_says_all_that_one_must() -> None:
    for path in DECISIONS:
        number = int(path.name.partition("-")[0])
        assert re.match(rf"# 0*{number}\W", path.read_text()), f"{path.name}: number the title"
        assert re.findall(r"^## (.*)$", read_prose(path), re.MULTILINE) == HEADINGS, path.name


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project, groups = PYPROJECT["project"], PYPROJECT["dependency-groups"]
    extras = project.get("optional-dependencies", {})
    named = {
        *PYPROJECT["build-system"]["requires"],
        *project["dependencies"],
        *(name for group in (*groups.values(), *extras.values()) for name in group),
    }
    explained = {name for name in named if re.search(rf'"{re.escape(name)}".*#\s*\w+', text)}
    assert named - explained == set()
