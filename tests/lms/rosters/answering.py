"""What the tests of rosters say again and again: plan this text, apply that one."""

from dataclasses import dataclass
from io import BytesIO, StringIO

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import WriteMode
from matricula.lms.rosters.api import (
    Answer,
    Answers,
    RosterFile,
    apply_roster,
    export_roster,
    plan_roster,
)
from tests import given


@dataclass(frozen=True)
class Answered:
    rows: list[Answer]
    answers: Answers

    @property
    def verdicts(self) -> list[str]:
        return [row.judgement.verdict for row in self.rows]

    @property
    def actions(self) -> list[str]:
        return [row.judgement.action.value for row in self.rows]

    @property
    def reasons(self) -> list[str]:
        return [row.judgement.reason for row in self.rows]

    @property
    def lines(self) -> list[int]:
        return [row.judgement.line for row in self.rows]


def file_of(text: str | bytes, *, name: str = "roster.csv") -> RosterFile:
    return RosterFile(name, BytesIO(text.encode() if isinstance(text, str) else text))


def planned(
    text: str | bytes, *, program: ProgramOutline, mode: WriteMode = WriteMode.UPSERT
) -> Answered:
    answers = plan_roster(file=file_of(text), program=program, mode=mode, by=given.OPERATOR)
    return Answered(list(answers), answers)


def applied(
    text: str | bytes,
    *,
    program: ProgramOutline,
    mode: WriteMode = WriteMode.UPSERT,
    atomic: bool = False,
    name: str = "roster.csv",
    reason: str = "",
) -> Answered:
    answers = apply_roster(
        file=file_of(text, name=name),
        program=program,
        mode=mode,
        by=given.OPERATOR,
        at=given.NOW,
        reason=reason,
        atomic=atomic,
    )
    return Answered(list(answers), answers)


def exported(*, program: ProgramOutline, courses: bool = False) -> str:
    out = StringIO(newline="")
    export_roster(program=program, to=out, by=given.OPERATOR, courses=courses)
    return out.getvalue()


def stored(program: ProgramOutline) -> list[str]:
    """List ``key,status`` of everybody in the program."""
    return [line.rpartition(",")[0] for line in exported(program=program).splitlines()[1:]]
