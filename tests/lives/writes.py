"""Lives in which schools write: the rules of the state machine for every write of rows."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from matricula.lms.course_enrollments import api as courses
from matricula.lms.integrity.api import check_integrity
from matricula.lms.kernel.api import Judgement, WriteMode
from matricula.lms.program_enrollments import api as programs
from tests import given
from tests.lives import acts
from tests.lives.drawing import (
    accounts,
    course_rows,
    modes,
    names,
    pauses,
    program_keys,
    program_rows,
)
from tests.lives.model import Answer, DirectRow, Name, Row, World
from tests.lives.stage import Stage
from tests.lives.stored import read_stored, stored_of_model
from tests.lives.words import BAD_KEYS, MODES, PROGRAMS, RUNS, STAFF


def answers_of(judgements: list[Judgement]) -> list[Answer]:
    assert [each.line for each in judgements] == list(range(len(judgements)))
    assert all(bool(each.reason) == (each.action == "refuse") for each in judgements)
    return [(str(each.action), str(each.verdict)) for each in judgements]


class Writes(RuleBasedStateMachine):
    """Lives in which schools write."""

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
    def write_a_course_of_somebody_enrolled(
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

    @precondition(lambda self: any(grant.through for grant in self.world.grants))
    @rule(data=st.data(), pause=pauses)
    def leave_a_course_and_join_it_through_another_program(
        self, data: st.DataObject, pause: timedelta
    ) -> None:
        grant = data.draw(st.sampled_from([each for each in self.world.grants if each.through]))
        assert grant.through is not None
        how: dict[str, Any] = {
            "mode": WriteMode.UPSERT,
            "by_curriculum": False,
            "strict": True,
            "atomic": False,
            "pause": pause,
        }
        row = Row(grant.person.name[2], "inactive", run=grant.run)
        self.write_courses(grant.through.program, [row], **how)
        for other in self.world.enrollments:
            same = other.person is grant.person or None is not other.person.account == (
                grant.person.account
            )
            if same and other.program != grant.through.program:
                row = Row(other.person.name[2], "active", run=grant.run)
                self.write_courses(other.program, [row], **how)

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
        self.write_direct(rows, mode, pause)

    def write_direct(self, rows: list[DirectRow], mode: WriteMode, pause: timedelta) -> None:
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
