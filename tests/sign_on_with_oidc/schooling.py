"""A school with three programs and ten courses, whose students wait in all of them."""

import json
from collections.abc import Sequence
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

from tests.cli.serving import Installation

PROGRAMS = {"one": range(4), "two": range(4, 7), "three": range(7, 10)}


def load_school(
    installation: Installation, folder: Path, *, keys: Sequence[str], school: str = "RiverU"
) -> None:
    """Load catalog and rosters: nobody in them has an account."""
    catalog = folder / f"{school}.json"
    results = [_program(school, name, list(numbers)) for name, numbers in PROGRAMS.items()]
    catalog.write_text(json.dumps({"results": results}))
    installation.run("catalog", "load", str(catalog))
    for name, numbers in PROGRAMS.items():
        roster, courses = folder / f"{name}.csv", folder / f"{name}-courses.csv"
        roster.write_text("student_key,status\n" + "".join(f"{key},enrolled\n" for key in keys))
        courses.write_text(
            "student_key,course_id,status\n"
            + "".join(f"{key},{_run(school, each)},active\n" for key in keys for each in numbers)
        )
        for file in (roster, courses):
            installation.run("roster", "apply", str(file), "--program", f"{school}-{name}")


def _program(school: str, name: str, numbers: Sequence[int]) -> dict[str, object]:
    key = f"{school}-{name}"
    return {
        "uuid": str(uuid5(NAMESPACE_DNS, key)),
        "key": key,
        "title": f"Program {name}",
        "type": "Masters",
        "status": "active",
        "authoring_organizations": [
            {"uuid": str(uuid5(NAMESPACE_DNS, school)), "key": school, "name": school}
        ],
        "curricula": [
            {
                "uuid": str(uuid5(NAMESPACE_DNS, f"{key} curriculum")),
                "is_active": True,
                "courses": [
                    {
                        "key": f"{school}+C{number}",
                        "title": f"Course {number}",
                        "course_runs": [{"key": _run(school, number)}],
                    }
                    for number in numbers
                ],
            }
        ],
    }


def _run(school: str, number: int) -> str:
    return f"course-v1:{school}+C{number}+2031"
