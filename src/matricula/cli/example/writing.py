"""Writing the example school down: its catalog, and its rosters as a registrar's office has them.

A few rows are wrong, as a few always are.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import msgspec

from matricula.cli.example.cataloging import external_key, list_programs, run_key
from matricula.cli.example.inventing import INTAKE_PROGRAM, Membership, School, choose_term
from matricula.lms.kernel.api import Conflict, Invalid

CATALOG = "catalog.json"
NEXT = "upload-me.csv"

_STAFF_EVERY = 150
_EXTERNAL_EVERY = 3
_LOWER_EVERY = 10

WRONG_ROWS = {
    "public-health": [
        ("LU26-00001", "enroled", "Blank", "Alexis"),
        ("", "enrolled", "Moreau", "Camille"),
        ("LU26-00002", "enrolled", "Keller", "Robin"),
        ("lu26-00002", "canceled", "Keller", "Robin"),
    ],
}
WRONG_COURSE_ROWS = {
    "climate-adaptation": [("LU26-00003", "STA501-26A", "active", "")],
    "data-science": [("LU26-00004", "HYD505-26A", "active", "")],
}
WRONG_INTAKE_ROWS = [
    ("LU26-00005", "EPI501-26A", "active", ""),
    ("LU26-00006", "STA501-26A", "activ", ""),
    ("", "GEO540-27S", "active", ""),
]


class FileInTheWay(Conflict):
    """There is a file of that name already, and it is another one."""

    code = "file-in-the-way"


class NotWritable(Invalid):
    """The folder cannot be written to."""

    code = "folder-not-writable"


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A roster that was written, and the program it is of."""

    path: Path
    program: str


@dataclass(frozen=True, slots=True)
class WrittenSchool:
    """Where the school was written; its rosters in the order in which to apply them.

    What comes ``next`` is for whoever looks at the example to upload.
    """

    catalog: Path
    rosters: Sequence[RosterFile]
    next: RosterFile


def write_school(school: School, *, folder: Path, force: bool = False) -> WrittenSchool:
    """Write catalog and rosters; a file that says the same already is left alone.

    Raises:
        FileInTheWay: a file of that name says something else, and ``force`` is not said.
        NotWritable: the folder cannot be written to.
    """
    catalog = msgspec.json.format(msgspec.json.encode(list_programs()), indent=2).decode() + "\n"
    texts = {CATALOG: catalog}
    rosters = []
    for program, memberships in school.memberships.items():
        admitted = school.intake if program == INTAKE_PROGRAM else ()
        for suffix, text in (
            ("", _program_roster(program, [*memberships, *admitted])),
            ("-courses", _course_roster(memberships, WRONG_COURSE_ROWS.get(program, ()))),
        ):
            name = f"{program}{suffix}.csv"
            texts[name] = text
            rosters.append(RosterFile(folder / name, program))
    texts[NEXT] = _course_roster(school.intake, WRONG_INTAKE_ROWS)
    _write(texts, folder, force=force)
    return WrittenSchool(folder / CATALOG, rosters, RosterFile(folder / NEXT, INTAKE_PROGRAM))


def _write(texts: dict[str, str], folder: Path, *, force: bool) -> None:
    wanted = {folder / name: text.encode() for name, text in texts.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stored = {path: path.read_bytes() for path in wanted if path.exists()}
        differing = [path for path, data in stored.items() if data != wanted[path]]
        if differing and not force:
            message = f"{differing[0]} is there already and differs; --force replaces it."
            raise FileInTheWay(message)
        for path, data in wanted.items():
            if stored.get(path) != data:
                path.write_bytes(data)
    except OSError as error:
        message = f"{error.filename or folder} cannot be written: {error.strerror}."
        raise NotWritable(message) from None


def _program_roster(program: str, memberships: Sequence[Membership]) -> str:
    rows = [
        (each.student.key, each.status, each.student.family, each.student.given)
        for each in memberships
    ]
    header = ("student_key", "status", "family_name", "given_name")
    return _as_csv(header, [*rows, *WRONG_ROWS.get(program, ())])


def _course_roster(
    memberships: Sequence[Membership], wrong: Sequence[tuple[str, str, str, str]]
) -> str:
    """Name runs and students in the several ways that mean the same."""
    rows = []
    for place, each in enumerate(memberships):
        key = each.student.key if place % _LOWER_EVERY else each.student.key.lower()
        staff = "true" if place % _STAFF_EVERY == _STAFF_EVERY - 1 else ""
        name = run_key if place % _EXTERNAL_EVERY else external_key
        status = "inactive" if each.status == "canceled" else "active"
        rows += [
            (key, name(course, choose_term(course)), status, staff) for course in each.courses
        ]
    header = ("student_key", "course_id", "status", "course_staff")
    return _as_csv(header, [*rows, *wrong])


def _as_csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    stream = StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()
