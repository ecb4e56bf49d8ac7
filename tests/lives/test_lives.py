"""Whole lives of enrollments, tried at random against a model in plain Python.

``LIVES=many`` tries far more of them than an ordinary run of the tests.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from matricula.lms.accounts.api import Account
from matricula.lms.course_enrollments import api as courses
from matricula.lms.identities import api as identities
from matricula.lms.kernel.api import Refusal, WriteMode
from matricula.lms.learners import api as learners
from matricula.lms.preemptive_enrollments import api as preemptive
from tests import given
from tests.lives import acts
from tests.lives.drawing import (
    accounts,
    choices,
    keys,
    names,
    pauses,
    program_keys,
)
from tests.lives.model import Choice, DirectRow, Name, Row, World
from tests.lives.plans import Plans
from tests.lives.stage import Stage
from tests.lives.views import seat_mode, view_model, view_picture
from tests.lives.words import ACCOUNTS, PROGRAMS, RUNS

MANY = os.environ.get("LIVES") == "many"
LIVES = settings(
    max_examples=2000 if MANY else 50,
    stateful_step_count=60 if MANY else 25,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)

WHY = "asked for"
DAY = timedelta(days=1)


def or_refusal(act: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the act answers
    try:
        with transaction.atomic():
            return act()
    except Refusal as refusal:
        return refusal.code


class Lives(Plans):
    """Lives in which people claim, staff link and retire, and what waits is taken back."""

    @initialize(
        known=st.sets(st.tuples(program_keys, keys, st.sampled_from(["", "true"]))),
        waiting=st.sets(names),
        claims=st.sets(st.tuples(names, accounts)),
    )
    def begin(
        self,
        known: set[tuple[str, str, str]],
        waiting: set[tuple[Name, str]],
        claims: set[tuple[tuple[Name, str], str]],
    ) -> None:
        """Something is there from the first, so that the steps meet."""
        for program, key, staff in sorted(known):
            row = Row(key, "enrolled")
            run = PROGRAMS[program].runs[0]
            how: dict[str, Any] = {"mode": WriteMode.UPSERT, "by_curriculum": True}
            self.write_program(program, [row], atomic=False, pause=DAY, **how)
            row = Row(key, "active", run=run, staff=staff)
            self.write_courses(program, [row], strict=False, atomic=False, pause=DAY, **how)
        for name, value in sorted(waiting, key=str):
            direct = DirectRow(name, value, RUNS[0], "verified", is_active=True)
            self.write_direct([direct], WriteMode.UPSERT, DAY)
        for claim in sorted(claims, key=str):
            self.bind([claim], DAY)

    @precondition(lambda self: any(person.waits for person in self.world.persons))
    @rule(data=st.data(), account=accounts, pause=pauses)
    def bind_somebody_who_waits(self, data: st.DataObject, account: str, pause: timedelta) -> None:
        person = data.draw(st.sampled_from([each for each in self.world.persons if each.waits]))
        self.bind([((person.name, person.name[2]), account)], pause)

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
                    claims=claims,
                    via=identities.Via.STAFF,
                    by=given.OPERATOR,
                    reason=WHY,
                    at=at,
                )
            ]
        )
        expected = acts.bind(
            self.world,
            [(name, value, account) for (name, value), account in claimed],
            via="staff",
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

    @rule(account=accounts, pause=pauses)
    def retire(self, account: str, pause: timedelta) -> None:
        at = self.pause(pause)
        retirement = given.retired(self.stage.accounts[account], at=at)
        counts = (retirement.erased.identities, retirement.erased.conflicts)
        self.erase_from_plans(account)
        assert counts == acts.retire(self.world, account)

    @precondition(lambda self: self.world.disputes)
    @rule(data=st.data(), pause=pauses)
    def claim_again_what_is_free_by_now(self, data: st.DataObject, pause: timedelta) -> None:
        dispute = data.draw(st.sampled_from(self.world.disputes))
        named = (dispute.person.name, dispute.person.name[2])
        self.unbind(named, pause)
        self.bind([(named, dispute.claimant)], pause)

    @precondition(lambda self: any(each.person.waits for each in self.world.enrollments))
    @rule(data=st.data(), days=st.sampled_from([1, 30, 365]))
    def expire_when_a_course_was_written_late(self, data: st.DataObject, days: int) -> None:
        waiting = [each for each in self.world.enrollments if each.person.waits]
        enrollment = data.draw(st.sampled_from(waiting))
        row = Row(enrollment.person.name[2], "inactive", run=PROGRAMS[enrollment.program].runs[0])
        self.write_courses(
            enrollment.program,
            [row],
            mode=WriteMode.UPSERT,
            by_curriculum=False,
            strict=False,
            atomic=False,
            pause=timedelta(days=days),
        )
        self.take_back(Choice(program=enrollment.program), days, timedelta(hours=1))

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
        meant = Choice(which.program, which.school, which.names, since)
        expected = acts.take_back(self.world, meant)
        taken = (counts.program_enrollments, counts.course_enrollments, counts.course_roles)
        assert taken == expected

    def _waiting(self, which: Choice) -> preemptive.Waiting:
        return preemptive.Waiting(
            program_id=self.stage.programs[which.program].id if which.program else None,
            organization_id=given.school(which.school).pk if which.school else None,
            names=None
            if which.names is None
            else tuple(self.stage.name_of(name, name[2]) for name in which.names),
        )

    @rule(data=st.data(), which=choices, account=accounts, named=names)
    def look(
        self, data: st.DataObject, which: Choice, account: str, named: tuple[Name, str]
    ) -> None:
        self.look_at_what_waits(which)
        for each in ACCOUNTS:
            self.look_at_a_learner(each)
        moment, world = data.draw(st.sampled_from(self.past))
        self.look_at_a_learner_of_the_past(account, moment, world)
        self.look_at_a_name_of_the_past(named, moment, world)

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

    def look_at_a_learner_of_the_past(self, account: str, moment: datetime, world: World) -> None:
        learner = self._learner(account)
        picture = learners.picture_learner_as_of(learner=learner, as_of=moment, by=given.OPERATOR)
        assert self._view(picture) == view_model(
            world, world.names_of(account), learner.username, self.values
        )

    def look_at_a_name_of_the_past(
        self, named: tuple[Name, str], moment: datetime, world: World
    ) -> None:
        person = self.world.find(named[0])
        learner = or_refusal(
            lambda: learners.get_named_learner(name=self.stage.name_of(*named), by=given.OPERATOR)
        )
        if person is None:
            assert learner == "identity-not-found"
            return
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
