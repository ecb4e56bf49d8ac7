"""Whole lives of enrollments, tried at random against a model in plain Python.

``LIVES=many`` tries far more of them than an ordinary run of the tests.
"""

import os
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments import api as courses
from matricula.lms.identities import api as identities
from matricula.lms.integrity.api import check_integrity
from matricula.lms.kernel.api import Judgement, Refusal, WriteMode
from matricula.lms.learners import api as learners
from matricula.lms.preemptive_enrollments import api as preemptive
from matricula.lms.program_enrollments import api as programs
from tests import given
from tests.lives import acts
from tests.lives.model import (
    ACCOUNTS,
    ADDRESSES,
    BAD_KEYS,
    FOLDED,
    MODES,
    PROGRAMS,
    RUNS,
    SCHOOLS,
    SPELLINGS,
    STAFF,
    STATUSES,
    Answer,
    Choice,
    DirectRow,
    Name,
    Row,
    World,
)
from tests.lives.stored import read_stored, stored_of_model
from tests.lives.views import seat_mode, view_model, view_picture

MANY = os.environ.get("LIVES") == "many"
LIVES = settings(
    max_examples=1500 if MANY else 50,
    stateful_step_count=60 if MANY else 25,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)

WHY = "asked for"
DAY = timedelta(days=1)

keys = st.sampled_from([spelling for each in SPELLINGS.values() for spelling in each])
some_keys = st.one_of(*[keys] * 9, st.sampled_from(BAD_KEYS))
curricula = st.sampled_from(["", "", "", "", "None", "0", "1", "1", "2", "unknown"])
program_keys = st.sampled_from(sorted(PROGRAMS))
modes = st.sampled_from(list(WriteMode))
accounts = st.sampled_from(sorted(ACCOUNTS))
pauses = st.sampled_from(
    [timedelta(microseconds=1), timedelta(hours=1), timedelta(days=20), timedelta(days=300)]
)
program_rows = st.lists(
    st.builds(
        Row,
        key=some_keys,
        status=st.sampled_from([*STATUSES, *STATUSES, *STATUSES, "on-leave"]),
        curriculum=curricula,
    ),
    min_size=1,
    max_size=5,
)
course_rows = st.lists(
    st.builds(
        Row,
        key=some_keys,
        status=st.sampled_from(["active"] * 10 + ["inactive"] * 5 + ["asleep"]),
        curriculum=curricula,
        run=st.sampled_from(["R1", "R1", "R1", "R1", "R2", "R2", "external R2", "R9"]),
        staff=st.sampled_from(["", *STAFF, *STAFF, "maybe"]),
    ),
    min_size=1,
    max_size=5,
)
student_names = st.builds(
    lambda school, value: (("student_key", school, FOLDED[value]), value),
    st.sampled_from(SCHOOLS),
    keys,
)
addresses = st.sampled_from([spelling for each in ADDRESSES.values() for spelling in each]).map(
    lambda value: (("email", None, FOLDED[value]), value)
)
names = st.one_of(student_names, student_names, addresses)
choices = st.builds(
    Choice,
    program=st.one_of(st.none(), program_keys),
    school=st.one_of(st.none(), st.sampled_from(SCHOOLS)),
    folded=st.one_of(
        st.none(), st.lists(st.sampled_from(sorted({*SPELLINGS, *ADDRESSES}))).map(tuple)
    ),
)


class Stage:
    """What does not change in any life: programs, runs, accounts."""

    def __init__(self) -> None:
        self.runs = {key: given.course_run(key, external_key=f"external {key}") for key in RUNS}
        self.programs = {
            "hydrology": self._program("hydrology", active=2, inactive=1),
            "geology": self._program("geology", active=1, inactive=0),
            "botany": self._program("botany", active=1, inactive=1),
            "physics": self._program("physics", active=0, inactive=1),
        }
        self.accounts = {name: given.account(name, email=ACCOUNTS[name]) for name in ACCOUNTS}
        self.uuids = {name: str(account.uuid) for name, account in self.accounts.items()}
        self.curricula = {
            key: [str(uuid) for uuid in program.curricula]
            for key, program in self.programs.items()
        }

    def _program(self, key: str, *, active: int, inactive: int) -> ProgramOutline:
        known = PROGRAMS[key]
        return given.program(
            key,
            school_key=known.school,
            runs=[self.runs[run] for run in known.runs],
            mode=known.mode,
            active_curricula=active,
            inactive_curricula=inactive,
        )

    def uuid_of(self, program: str, said: str) -> str:
        if not said.isdigit():
            return said if said != "unknown" else str(uuid4())
        known = self.curricula[program]
        return known[int(said)] if int(said) < len(known) else str(uuid4())

    def name_of(self, name: Name, value: str) -> identities.IdentityName:
        if name[0] == "student_key":
            return given.key_of(value, school_key=str(name[1]))
        return identities.IdentityName(identities.Kind(name[0]), value)


def answers_of(judgements: list[Judgement]) -> list[Answer]:
    assert [each.line for each in judgements] == list(range(len(judgements)))
    assert all(bool(each.reason) == (each.action == "refuse") for each in judgements)
    return [(str(each.action), str(each.verdict)) for each in judgements]


def or_refusal(act: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the act answers
    try:
        with transaction.atomic():
            return act()
    except Refusal as refusal:
        return refusal.code


class Lives(RuleBasedStateMachine):
    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.world = World()
        self.now = given.NOW
        self.past: list[tuple[datetime, World]] = []
        self.values: dict[int, str] = {}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def pause(self, pause: timedelta) -> datetime:
        self.now += pause
        return self.now

    @invariant()
    def what_is_stored_is_what_the_model_knows(self) -> None:
        findings = check_integrity(by=given.OPERATOR)
        assert [finding for finding in findings if finding.count] == []
        stored, self.values = read_stored(self.world, self.stage.curricula, self.stage.accounts)
        assert stored == stored_of_model(self.world)
        self.past.append((self.now, deepcopy(self.world)))

    @initialize(
        known=st.sets(st.tuples(program_keys, keys)),
        claims=st.sets(st.tuples(student_names, accounts)),
    )
    def begin(
        self,
        known: set[tuple[str, str]],
        claims: set[tuple[tuple[Name, str], str]],
    ) -> None:
        """Something is there from the first, so that the steps meet."""
        for program, key in sorted(known):
            row = Row(key, "enrolled")
            run = PROGRAMS[program].runs[0]
            how: dict[str, Any] = {"mode": WriteMode.UPSERT, "by_curriculum": True}
            self.write_program(program, [row], atomic=False, pause=DAY, **how)
            row = Row(key, "active", run=run)
            self.write_courses(program, [row], strict=False, atomic=False, pause=DAY, **how)
        for claim in sorted(claims):
            self.bind([claim], DAY)

    @rule(
        program=program_keys,
        rows=program_rows,
        mode=modes,
        by_curriculum=st.booleans(),
        atomic=st.sampled_from([False, False, False, True]),
        pause=pauses,
    )
    def write_program(  # noqa: PLR0917  rules have no stars
        self,
        program: str,
        rows: list[Row],
        mode: WriteMode,
        by_curriculum: bool,  # noqa: FBT001  as above
        atomic: bool,  # noqa: FBT001  as above
        pause: timedelta,
    ) -> None:
        given_rows = [
            programs.ProgramRow(
                line, row.key, row.status, self.stage.uuid_of(program, row.curriculum)
            )
            for line, row in enumerate(rows)
        ]
        common: dict[str, Any] = {
            "program": self.stage.programs[program],
            "rows": given_rows,
            "mode": mode,
            "by": given.OPERATOR,
            "by_curriculum": by_curriculum,
        }
        planned = answers_of(programs.plan_program_enrollments(**common))
        at = self.pause(pause)
        written = programs.write_program_enrollments(**common, at=at, atomic=atomic)
        expected = self.world.write_program(
            PROGRAMS[program],
            rows,
            mode=mode.value,
            by_curriculum=by_curriculum,
            atomic=atomic,
            at=at,
        )
        assert answers_of(written) == planned == expected

    @rule(
        program=program_keys,
        rows=course_rows,
        mode=modes,
        by_curriculum=st.booleans(),
        strict=st.booleans(),
        atomic=st.sampled_from([False, False, False, True]),
        pause=pauses,
    )
    def write_courses(  # noqa: PLR0917  as above
        self,
        program: str,
        rows: list[Row],
        mode: WriteMode,
        by_curriculum: bool,  # noqa: FBT001  as above
        strict: bool,  # noqa: FBT001  as above
        atomic: bool,  # noqa: FBT001  as above
        pause: timedelta,
    ) -> None:
        given_rows = [
            courses.CourseRow(
                line,
                row.key,
                self.stage.runs[row.run].key if row.run in self.stage.runs else row.run,
                row.status,
                row.staff,
                self.stage.uuid_of(program, row.curriculum),
            )
            for line, row in enumerate(rows)
        ]
        common: dict[str, Any] = {
            "program": self.stage.programs[program],
            "rows": given_rows,
            "mode": mode,
            "by": given.OPERATOR,
            "by_curriculum": by_curriculum,
            "one_program_per_run": strict,
        }
        planned = answers_of(courses.plan_program_course_enrollments(**common))
        at = self.pause(pause)
        written = courses.write_program_course_enrollments(**common, at=at, atomic=atomic)
        expected = self.world.write_courses(
            PROGRAMS[program],
            rows,
            mode=mode.value,
            by_curriculum=by_curriculum,
            one_program_per_run=strict,
            atomic=atomic,
            at=at,
        )
        assert answers_of(written) == planned == expected

    @precondition(lambda self: self.world.enrollments)
    @rule(
        data=st.data(),
        status=st.sampled_from(["active", "inactive"]),
        staff=st.sampled_from(sorted(STAFF)),
        strict=st.booleans(),
        pause=pauses,
    )
    def write_a_course_of_somebody_enrolled(  # noqa: PLR0917  as above
        self,
        data: st.DataObject,
        status: str,
        staff: str,
        strict: bool,  # noqa: FBT001  as above
        pause: timedelta,
    ) -> None:
        enrollment = data.draw(st.sampled_from(self.world.enrollments))
        program = enrollment.program
        run = data.draw(st.sampled_from(PROGRAMS[program].runs))
        self.write_courses(
            program,
            [Row(enrollment.person.name[2], status, run=run, staff=staff)],
            mode=WriteMode.UPSERT,
            by_curriculum=False,
            strict=strict,
            atomic=False,
            pause=pause,
        )

    @precondition(lambda self: any(person.waits for person in self.world.persons))
    @rule(data=st.data(), account=accounts, pause=pauses)
    def bind_somebody_who_waits(self, data: st.DataObject, account: str, pause: timedelta) -> None:
        person = data.draw(st.sampled_from([each for each in self.world.persons if each.waits]))
        self.bind([((person.name, person.name[2]), account)], pause)

    @rule(data=st.data(), mode=modes, pause=pauses)
    def grant_directly(self, data: st.DataObject, mode: WriteMode, pause: timedelta) -> None:
        themselves = accounts.map(self._account_itself)
        bad = st.sampled_from(BAD_KEYS).map(lambda value: (("email", None, value), value))
        drawn = data.draw(
            st.lists(
                st.tuples(
                    st.one_of(names, names, themselves, bad),
                    st.sampled_from(RUNS),
                    st.sampled_from(["", *MODES, "gold"]),
                    st.booleans(),
                ),
                min_size=1,
                max_size=4,
            )
        )
        rows = [
            DirectRow(name, value, run, given_mode, is_active)
            for (name, value), run, given_mode, is_active in drawn
        ]
        at = self.pause(pause)
        written = courses.write_direct_enrollments(
            rows=[
                courses.DirectRow(
                    line,
                    self.stage.name_of(row.name, row.value),
                    self.stage.runs[row.run].pk,
                    row.mode,
                    row.is_active,
                )
                for line, row in enumerate(rows)
            ],
            mode=mode,
            by=given.OPERATOR,
            at=at,
        )
        expected = acts.write_direct(
            self.world, rows, mode=mode.value, at=at, uuids=self.stage.uuids
        )
        assert answers_of(written) == expected

    def _account_itself(self, account: str) -> tuple[Name, str]:
        uuid = self.stage.uuids[account]
        return (("account", None, uuid), uuid)

    @rule(
        claimed=st.lists(
            st.tuples(names, accounts), min_size=1, max_size=3, unique_by=lambda each: each[0][0]
        ),
        pause=pauses,
    )
    def bind(self, claimed: list[tuple[tuple[Name, str], str]], pause: timedelta) -> None:
        at = self.pause(pause)
        claims = [
            identities.Claim(self.stage.name_of(name, value), self.stage.accounts[account].pk)
            for (name, value), account in claimed
        ]
        answer = or_refusal(
            lambda: [
                str(each.outcome)
                for each in identities.bind_identities(
                    claims=claims, via=identities.Via.SIGN_ON, by=given.SIGN_ON, at=at
                )
            ]
        )
        expected = acts.bind(
            self.world,
            [(name, value, account) for (name, value), account in claimed],
            via="sign_on",
        )
        assert (answer if isinstance(answer, list) else [answer]) == expected

    @rule(named=names, pause=pauses)
    def unbind(self, named: tuple[Name, str], pause: timedelta) -> None:
        name = self.stage.name_of(*named)
        at = self.pause(pause)
        answer = or_refusal(
            lambda: identities.unbind_identity(name=name, by=given.OPERATOR, at=at, reason=WHY)
        )
        assert self._username(answer) == acts.unbind(self.world, named[0])

    @rule(named=names, account=accounts, pause=pauses)
    def rebind(self, named: tuple[Name, str], account: str, pause: timedelta) -> None:
        at = self.pause(pause)
        answer = or_refusal(
            lambda: identities.rebind_identity(
                name=self.stage.name_of(*named),
                account_id=self.stage.accounts[account].pk,
                by=given.OPERATOR,
                at=at,
                reason=WHY,
            )
        )
        assert self._username(answer) == acts.rebind(self.world, named[0], account)

    def _username(self, answer: object) -> object:
        by_id = {account.pk: name for name, account in self.stage.accounts.items()}
        return by_id[answer] if isinstance(answer, int) else answer

    @precondition(lambda self: self.world.disputes)
    @rule(data=st.data(), rebinding=st.booleans(), pause=pauses)
    def resolve(self, data: st.DataObject, rebinding: bool, pause: timedelta) -> None:  # noqa: FBT001  as above
        dispute = data.draw(st.sampled_from(self.world.disputes))
        conflict = identities.BindingConflict.objects.get(
            identity=dispute.person.id,
            claimant=self.stage.accounts[dispute.claimant],
            resolved_at=None,
        )
        identities.resolve_conflict(
            conflict_id=conflict.pk,
            rebind=rebinding,
            by=given.OPERATOR,
            at=self.pause(pause),
            reason=WHY,
        )
        acts.resolve(self.world, dispute, rebinding=rebinding)

    @rule(account=accounts, sure=st.sampled_from([False, False, True]), pause=pauses)
    def retire(self, account: str, sure: bool, pause: timedelta) -> None:  # noqa: FBT001  as above
        if sure:
            at = self.pause(pause)
            retirement = given.retired(self.stage.accounts[account], at=at)
            counts = (retirement.identities, retirement.conflicts)
            assert counts == acts.retire(self.world, account)

    @rule(which=choices, days=st.sampled_from([0, 1, 30, 365]), pause=pauses)
    def take_back(self, which: Choice, days: int, pause: timedelta) -> None:
        at = self.pause(pause)
        if days:
            counts = preemptive.expire_waiting(
                which=self._waiting(which), days=days, by=given.OPERATOR, at=at
            )
        elif which == Choice():
            return
        else:
            counts = preemptive.withdraw_waiting(
                which=self._waiting(which), by=given.OPERATOR, at=at, reason=WHY
            )
        since = at - timedelta(days=days) if days else None
        meant = Choice(which.program, which.school, which.folded, since)
        expected = acts.take_back(self.world, meant)
        taken = (counts.program_enrollments, counts.course_enrollments, counts.course_roles)
        assert taken == expected

    def _waiting(self, which: Choice) -> preemptive.Waiting:
        return preemptive.Waiting(
            program_id=self.stage.programs[which.program].id if which.program else None,
            organization_id=given.school(which.school).pk if which.school else None,
            folded=which.folded,
        )

    @rule(which=choices)
    def look_at_what_waits(self, which: Choice) -> None:
        shown = preemptive.list_waiting(which=self._waiting(which), by=given.OPERATOR)
        enrollments, direct = acts.chosen(self.world, which)
        assert sorted(
            (each.organization or "", each.value, each.program or "", each.status, each.since)
            for each in shown
        ) == sorted(
            [
                (e.person.name[1] or "", self.values[e.person.id], e.program, e.status, e.created)
                for e in enrollments
            ]
            + [
                (
                    g.person.name[1] or "",
                    self.values[g.person.id],
                    "",
                    "active" if g.is_active else "inactive",
                    g.created,
                )
                for g in direct
            ]
        )

    @rule(account=accounts)
    def look_at_a_learner(self, account: str) -> None:
        learner = self._learner(account)
        picture = learners.picture_learner(learner=learner, by=given.OPERATOR)
        persons = self.world.names_of(account)
        assert self._view(picture) == view_model(
            self.world, persons, learner.username, self.values
        )
        for run in RUNS:
            grants = [g for g in self.world.grants if g.person in persons and g.run == run]
            assert courses.find_seat_mode(
                account_id=self.stage.accounts[account].pk, course_run_id=self.stage.runs[run].pk
            ) == seat_mode(grants)

    @rule(account=accounts, data=st.data())
    def look_at_a_learner_of_the_past(self, account: str, data: st.DataObject) -> None:
        moment, world = data.draw(st.sampled_from(self.past))
        learner = self._learner(account)
        picture = learners.picture_learner_as_of(learner=learner, as_of=moment, by=given.OPERATOR)
        assert self._view(picture) == view_model(
            world, world.names_of(account), learner.username, self.values
        )

    @rule(named=names, data=st.data())
    def look_at_a_name_of_the_past(self, named: tuple[Name, str], data: st.DataObject) -> None:
        person = self.world.find(named[0])
        learner = or_refusal(lambda: learners.get_named_learner(name=self.stage.name_of(*named)))
        if person is None:
            assert learner == "identity-not-found"
            return
        moment, world = data.draw(st.sampled_from(self.past))
        picture = learners.picture_learner_as_of(learner=learner, as_of=moment, by=given.OPERATOR)
        then = next((each for each in world.persons if each.id == person.id), None)
        persons, username = [then] if then else [], None
        if then is not None and then.account is not None:
            persons = world.names_of(then.account)
            username = self._learner(then.account).username
        assert self._view(picture) == view_model(world, persons, username, self.values)

    def _learner(self, account: str) -> learners.Learner:
        found = Account.objects.get(pk=self.stage.accounts[account].pk)
        return learners.Learner(account_id=found.pk, username=found.username)

    def _view(self, picture: learners.Picture) -> object:
        return view_picture(picture, self.stage.curricula)


@pytest.mark.django_db
def test_every_life_ends_as_the_model_says() -> None:
    Lives.stage = Stage()
    run_state_machine_as_test(Lives, settings=LIVES)
