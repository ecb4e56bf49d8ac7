"""Two rosters of one program, or about one person, at the same time."""

from functools import partial

import pytest

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import CourseEnrollment
from matricula.lms.identities.api import Identity, Outcome
from matricula.lms.kernel.api import Action, Judgement, WriteMode
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests import given
from tests.races.running import Running, at_once, holders_of, no_deadlocks, require_whole

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = [f"rv-{number:04}" for number in range(40)]


def actions_of(answers: list[Judgement]) -> set[Action]:
    return {answer.action for answer in answers}


def test_two_writers_of_one_program_answer_as_if_one_came_after_the_other() -> None:
    with no_deadlocks():
        for number in range(40):
            program = given.program(f"p{number}")
            statuses = ("enrolled", "suspended")
            answers = at_once(
                partial(given.enrolled, *KEYS, program=program, status=statuses[0]),
                partial(given.enrolled, *KEYS[::-1], program=program, status=statuses[1]),
            )
            assert sorted(map(actions_of, answers), key=str) == [{Action.CREATE}, {Action.UPDATE}]
            second = actions_of(answers[1]) == {Action.UPDATE}
            stored = ProgramEnrollment.objects.filter(program=program.id)
            assert list(stored.values_list("status", flat=True)) == [statuses[second]] * len(KEYS)
    require_whole()


def test_two_writers_that_may_only_create_enroll_everybody_once() -> None:
    program = given.program()
    create = partial(given.enrolled, program=program, mode=WriteMode.CREATE)
    answers = at_once(partial(create, *KEYS), partial(create, *KEYS[::-1]))
    verdicts = [{str(answer.verdict) for answer in each} for each in answers]
    assert sorted(verdicts, key=str) == [{"conflict"}, {"enrolled"}]
    assert ProgramEnrollment.objects.count() == len(KEYS)
    require_whole()


def test_the_second_writer_of_a_program_waits_for_the_first_and_sees_what_it_wrote() -> None:
    program = given.program()
    first = Running(partial(given.enrolled, *KEYS, program=program), before_commit=True)
    second = Running(partial(given.enrolled, *KEYS, program=program, status="ended"))
    second.must_wait()
    assert actions_of(first.result()) == {Action.CREATE}
    assert actions_of(second.result()) == {Action.UPDATE}


def test_a_course_roster_waits_for_the_program_roster_before_it() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    first = Running(partial(given.enrolled, *KEYS, program=program), before_commit=True)
    second = Running(partial(given.on_course, *KEYS, program=program, run=run))
    second.must_wait()
    first.result()
    assert actions_of(second.result()) == {Action.CREATE}
    require_whole()


def test_writers_of_two_programs_do_not_wait_for_each_other_about_people_they_both_know() -> None:
    one, other = given.program("hydrology"), given.program("geology")
    given.enrolled(*KEYS, program=given.program("botany"))
    first = Running(partial(given.enrolled, *KEYS, program=one), before_commit=True)
    second = Running(partial(given.enrolled, *KEYS[::-1], program=other))
    assert actions_of(second.must_end()) == {Action.CREATE}
    first.result()


def test_one_key_in_two_letter_cases_at_once_is_one_identity() -> None:
    one, other = given.program("hydrology"), given.program("geology")
    with no_deadlocks():
        for number in range(40):
            keys = [f"Rv-{number}-{each}-ß" for each in range(5)]
            at_once(
                partial(given.enrolled, *map(str.upper, keys), program=one),
                partial(given.enrolled, *map(str.lower, keys[::-1]), program=other),
            )
    assert Identity.objects.count() == 40 * 5
    assert ProgramEnrollment.objects.count() == 2 * 40 * 5
    require_whole()


def test_a_roster_waits_for_the_other_that_is_making_the_same_person_and_finds_them() -> None:
    one, other = given.program("hydrology"), given.program("geology")
    first = Running(partial(given.enrolled, "RV-1", program=one), before_commit=True)
    second = Running(partial(given.enrolled, "rv-1", program=other))
    second.must_wait()
    first.result()
    assert actions_of(second.result()) == {Action.CREATE}
    assert Identity.objects.get().value == "RV-1"
    assert ProgramEnrollment.objects.filter(identity=Identity.objects.get()).count() == 2


def test_a_roster_finds_the_person_that_a_sign_on_is_making_in_another_letter_case() -> None:
    program, mira = given.program(), given.account()
    signing_on = Running(partial(given.bound, "RV-1", mira), before_commit=True)
    writing = Running(partial(given.enrolled, "rv-1", program=program))
    writing.must_wait()
    signing_on.result()
    assert actions_of(writing.result()) == {Action.CREATE}
    assert holders_of(["rv-1"]) == [mira.pk]
    assert ProgramEnrollment.objects.get().identity.account_id == mira.pk


def test_a_sign_on_finds_what_a_roster_is_making_in_another_letter_case() -> None:
    program, mira = given.program(), given.account()
    writing = Running(partial(given.enrolled, "rv-1", program=program), before_commit=True)
    signing_on = Running(partial(given.bound, "RV-1", mira))
    signing_on.must_wait()
    writing.result()
    assert signing_on.result().outcome is Outcome.BOUND
    assert ProgramEnrollment.objects.get().identity.account_id == mira.pk


def test_a_sign_on_does_not_wait_for_a_roster_about_somebody_already_known() -> None:
    program, mira = given.program(), given.account()
    given.enrolled("rv-1", program=given.program("geology"))
    writing = Running(partial(given.enrolled, "rv-1", program=program), before_commit=True)
    signing_on = Running(partial(given.bound, "rv-1", mira))
    assert signing_on.must_end().outcome is Outcome.BOUND
    writing.result()
    assert set(ProgramEnrollment.objects.values_list("identity__account_id")) == {(mira.pk,)}


def strictly(program: ProgramOutline, key: str, run: str) -> partial[list[Judgement]]:
    made = given.course_run(run)
    return partial(given.on_course, key, program=program, run=made, one_program_per_run=True)


def verdicts_of(answers: list[list[Judgement]]) -> list[str]:
    return sorted(each.verdict for answer in answers for each in answer)


def test_of_two_programs_that_want_one_run_for_one_key_exactly_one_gets_it() -> None:
    runs = [given.course_run(f"R{number}") for number in range(40)]
    programs = [given.program(key, runs=runs) for key in ("hydrology", "geology")]
    for program in programs:
        given.enrolled("rv-1", program=program)
    with no_deadlocks():
        for number in range(40):
            acts = [strictly(program, "rv-1", f"R{number}") for program in programs]
            assert verdicts_of(at_once(*acts)) == ["active", "conflict"]
    assert CourseEnrollment.objects.filter(is_active=True).count() == 40


def test_of_two_programs_that_want_one_run_for_one_account_exactly_one_gets_it() -> None:
    mira = given.account()
    runs = [given.course_run(f"R{number}") for number in range(40)]
    river = given.program("hydrology", runs=runs)
    hills = given.program("geology", runs=runs, school_key="HillsU")
    given.enrolled("rv-1", program=river)
    given.enrolled("hi-1", program=hills)
    given.bound("rv-1", mira)
    given.bound("hi-1", mira, school_key="HillsU")
    with no_deadlocks():
        for number in range(40):
            acts = [
                strictly(river, "rv-1", f"R{number}"),
                strictly(hills, "hi-1", f"R{number}"),
            ]
            assert verdicts_of(at_once(*acts)) == ["active", "conflict"]
    assert CourseEnrollment.objects.filter(is_active=True).count() == 40


def test_a_program_waits_for_the_other_that_is_taking_the_run_and_then_conflicts() -> None:
    run = given.course_run("R1")
    one, other = given.program("hydrology", runs=[run]), given.program("geology", runs=[run])
    given.enrolled("rv-1", program=one)
    given.enrolled("rv-1", program=other)
    first = Running(strictly(one, "rv-1", "R1"), before_commit=True)
    second = Running(strictly(other, "RV-1", "R1"))
    second.must_wait()
    assert verdicts_of([first.result()]) == ["active"]
    assert verdicts_of([second.result()]) == ["conflict"]


def test_one_run_stays_with_one_program_when_two_keys_become_one_person_meanwhile() -> None:
    run, mira = given.course_run("R1"), given.account()
    river = given.program("hydrology", runs=[run])
    hills = given.program("geology", runs=[run], school_key="HillsU")
    given.enrolled("rv-1", program=river)
    given.enrolled("hi-1", program=hills)
    given.bound("hi-1", mira, school_key="HillsU")
    second = Running(strictly(hills, "hi-1", "R1"), before_commit=True)
    binding = Running(partial(given.bound, "rv-1", mira), before_commit=True)
    first = Running(strictly(river, "rv-1", "R1"))
    first.must_wait()
    binding.result()
    assert verdicts_of([second.result(), first.result()]) == ["active", "conflict"]
