"""Telling the main job on a terminal: rosters go in, people come, and what was made is theirs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from rich.text import Text

from matricula.cli.acting import now
from matricula.cli.example.cataloging import COURSES, SCHOOL, SCHOOL_NAME
from matricula.cli.example.inventing import School, Student
from matricula.cli.example.living import claim_anothers_key, invite, sign_up
from matricula.cli.example.writing import RosterFile, WrittenSchool
from matricula.cli.settling import settle
from matricula.cli.showing import OUT, say, seen_from_here, show_table
from matricula.lms.catalog.api import get_program, load_catalog, read_catalog
from matricula.lms.identities.api import (
    Identity,
    Outcome,
    email_address,
    get_identity,
    list_conflicts,
    student_key,
)
from matricula.lms.integrity.api import check_integrity
from matricula.lms.kernel.api import Action, Actor, ActorKind, WriteMode
from matricula.lms.learners.api import (
    Learner,
    Picture,
    get_learner,
    picture_learner,
    picture_learner_as_of,
)
from matricula.lms.rosters.api import Answer, Answers, apply_roster, open_roster

TableRow = tuple[str, str, str, str]

HEADINGS = ["what", "status", "mode", ""]
_SHOWN = (Action.CREATE, Action.UPDATE, Action.UNCHANGED, Action.REFUSE)
_PAST = dict(zip(_SHOWN, ("created", "changed", "unchanged", "refused"), strict=True))


def tell(school: School, written: WrittenSchool, *, by: Actor) -> bool:
    """Do it all and show it; return whether nothing was found wrong in the end."""
    _introduce(school, written)
    _tell_catalog(written.catalog, by=by)
    _tell_rosters(written.rosters, by=by)
    settle()
    program = get_program(key=written.rosters[0].program)
    sign_on = Actor(
        kind=ActorKind.SIGN_ON,
        key=SCHOOL.lower(),
        channel=by.channel,
        request_id=by.request_id,
        organization_id=program.organization_id,
    )
    _tell_invitations(invite(school, program, by=by, at=now()))
    _tell_before(school.star, program.organization_id, by=by)
    _tell_sign_up(school, program.organization_id, sign_on=sign_on)
    settle()
    _tell_after(school.star, by=by)
    _tell_conflict(school, program.organization_id, sign_on=sign_on, by=by)
    is_sound = _tell_integrity(by=by)
    _tell_what_next(school, written)
    return is_sound


def _introduce(school: School, written: WrittenSchool) -> None:
    OUT.print(Text(f"{SCHOOL_NAME}, an example", style="bold underline"))
    say(
        f"{len(school.students):,} invented students, {len(school.memberships)} programs that "
        f"share {len(COURSES)} courses. Its files are in {seen_from_here(written.catalog.parent)}."
    )


def _tell_catalog(path: Path, *, by: Actor) -> None:
    _head("1  The catalog")
    loaded = load_catalog(programs=read_catalog(source=str(path)), by=by, at=now())
    outlines = [get_program(key=each.key) for each in loaded]
    show_table(
        ["program", "title", "course runs", ""],
        [
            (outline.key, outline.title, len(outline.runs), each.result)
            for outline, each in zip(outlines, loaded, strict=True)
        ],
    )


def _tell_rosters(rosters: Sequence[RosterFile], *, by: Actor) -> None:
    _head("2  The rosters: nobody needs an account to be in them")
    counts, refused = [], []
    for roster in rosters:
        program = get_program(key=roster.program)
        with open_roster(path=roster.path) as file:
            answers = apply_roster(
                file=file, program=program, mode=WriteMode.UPSERT, by=by, at=now()
            )
            refused += [
                (roster.path.stem, *_cells(answer))
                for answer in answers
                if answer.judgement.action is Action.REFUSE
            ]
        counts.append((roster.path.name, f"{answers.count:,}", *_counts(answers)))
    show_table(["file", "rows", *_PAST.values()], counts)
    say("\nA wrong row holds up no other. Each says why:")
    show_table(["file", "line", "student key", "verdict and reason"], refused)


def _tell_invitations(actions: Mapping[Action, int]) -> None:
    _head("3  Invitations to Academic Writing, by e-mail address")
    words = ", ".join(f"{count} {_PAST[action]}" for action, count in actions.items())
    say(f"Course enrollments for addresses that nobody has proven: {words}.")


def _tell_before(star: Student, organization_id: int, *, by: Actor) -> None:
    _head(f"4  Before: what waits for {star.name}")
    names = [student_key(star.key, organization_id=organization_id), email_address(star.email)]
    is_past = False
    for name in names:
        identity = get_identity(name=name, by=by)
        is_past |= identity.bound_at is not None
        say(f"Made for {name.value}:")
        show_table(HEADINGS, _rows_of(_picture_waiting(identity, by=by)))
    if is_past:
        say("\nThis is from the ledger: they have had an account since an earlier run.")


def _tell_sign_up(school: School, organization_id: int, *, sign_on: Actor) -> None:
    _head("5  Accounts")
    lives = sign_up(school, organization_id, by=sign_on, at=now())
    show_table(
        ["", "people", ""],
        [
            ("get an account", lives.accounts, _made(lives.created)),
            ("sign on at the school: their student key", lives.keys.total(), _ended(lives.keys)),
            ("open the mail: their address", lives.addresses.total(), _ended(lives.addresses)),
        ],
    )


def _tell_after(star: Student, *, by: Actor) -> None:
    _head(f"6  After: {star.name} has account {star.handle}, and all of it is theirs")
    picture = picture_learner(learner=get_learner(username=star.handle, by=by), by=by)
    show_table(HEADINGS, _rows_of(picture))
    say("\nNothing was copied or activated: two rows say whose the key and the address are.")


def _tell_conflict(school: School, organization_id: int, *, sign_on: Actor, by: Actor) -> None:
    other, answer = claim_anothers_key(school, organization_id, by=sign_on, at=now())
    _head(f"7  A conflict: {other.name} signs on with {school.star.given}'s student key")
    say(
        "Refused, and kept for support:"
        if answer.outcome is Outcome.REFUSED
        else f"It is {answer.outcome}."
    )
    show_table(
        ["number", "student key", "held by", "claimed by", "times"],
        [
            (each.id, each.value, each.holder, each.claimant, each.attempts)
            for each in list_conflicts(by=by)
            if each.organization == SCHOOL
        ],
    )


def _tell_integrity(*, by: Actor) -> bool:
    _head("8  fsck")
    findings = check_integrity(by=by)
    broken = [finding for finding in findings if finding.count]
    for finding in broken:
        say(f"Broken: {finding.invariant}, {finding.count} rows.")
    if not broken:
        say(f"All {len(findings)} invariants hold.")
    return not broken


def _tell_what_next(school: School, written: WrittenSchool) -> None:
    _head("To look further, from another terminal")
    roster = written.rosters[-2]
    for words in (
        f"learner show {school.star.handle}",
        f"learner show --student {SCHOOL} {school.students[-1].key}",
        f"waiting list --program {roster.program}",
        f"roster plan {seen_from_here(roster.path)} \\\n    --program {roster.program}",
        f"export --program {roster.program} out.csv",
        "identity conflicts",
        "--help",
    ):
        say(f"  .venv/bin/matricula {words}")


def _picture_waiting(identity: Identity, *, by: Actor) -> Picture:
    """Picture a name as it was before it was bound, if it was."""
    learner = Learner(account_id=None, username=None, identity_id=identity.pk)
    if identity.bound_at is None:
        return picture_learner(learner=learner, by=by)
    before = identity.bound_at - timedelta(microseconds=1)
    return picture_learner_as_of(learner=learner, as_of=before, by=by)


def _rows_of(picture: Picture) -> list[TableRow]:
    waits = picture.account is None
    rows: list[TableRow] = [
        (f"program {each.program}", each.status, "", "waits" if waits else "theirs")
        for each in picture.program_enrollments
        if each.basis == "explicit"
    ]
    for seat in picture.seats:
        run = seat.course_run.removeprefix("course-v1:")
        for grant in seat.grants:
            what = f"{run}, {grant.program or 'by invitation'}"
            effect = "waits" if waits else "in" if grant.effective else "out"
            rows.append((what, grant.status, grant.mode, effect))
    return rows


def _counts(answers: Answers) -> list[str]:
    return [f"{answers.actions[action]:,}" for action in _SHOWN]


def _cells(answer: Answer) -> tuple[int, str, str]:
    judged = answer.judgement
    return (judged.line, answer.row.student_key, f"{judged.verdict}: {judged.reason}")


def _made(count: int) -> str:
    return f"{count} created" if count else "unchanged"


def _ended(outcomes: Counter[str]) -> str:
    if set(outcomes) == {Outcome.ALREADY.value}:
        return "unchanged"
    return ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())


def _head(words: str) -> None:
    OUT.print()
    OUT.print(Text(words, style="bold"))
