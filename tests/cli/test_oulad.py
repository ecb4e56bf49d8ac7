"""A made-up dataset in the shape of the real one, with its oddities."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.cli.main import main
from matricula.cli.oulad.cataloging import OPEN_DEGREE, list_programs, map_run_ids
from matricula.cli.oulad.checking import check_replay
from matricula.cli.oulad.reading import Dataset, read_dataset
from matricula.cli.oulad.replaying import Replay
from matricula.cli.oulad.scheduling import Day, list_days
from matricula.lms.catalog.api import get_program, load_catalog
from matricula.lms.identities.api import student_key
from matricula.lms.kernel.api import WriteMode
from matricula.lms.learners.api import (
    Picture,
    get_named_learner,
    picture_learner,
    picture_learner_as_of,
)
from matricula.lms.ledger.api import Change, ChangeSet
from matricula.lms.program_enrollments.api import ProgramRow, write_program_enrollments
from tests import given

COURSES = """\
"code_module","code_presentation","module_presentation_length"
"AAA","2013J","268"
"CCC","2014B","241"
"CCC","2014J","200"
"""
REGISTRATIONS = """\
"code_module","code_presentation","id_student","date_registration","date_unregistration"
"AAA","2013J","101","-30",""
"AAA","2013J","102","-20",""
"AAA","2013J","103","-10","5"
"CCC","2014J","104","",""
"CCC","2014J","105","3","3"
"CCC","2014B","106","10",""
"CCC","2014B","107","-5","-1"
"AAA","2013J","109","7",""
"AAA","2013J","110","","20"
"CCC","2014B","103","-40",""
"CCC","2014J","109","-3",""
"""
RESULTS = """\
"code_module","code_presentation","id_student","gender","final_result"
"AAA","2013J","101","F","Pass"
"AAA","2013J","102","M","Fail"
"AAA","2013J","103","F","Withdrawn"
"AAA","2013J","109","F","Pass"
"AAA","2013J","110","M","Withdrawn"
"CCC","2014B","103","F","Distinction"
"CCC","2014B","106","M","Pass"
"CCC","2014B","107","M","Withdrawn"
"CCC","2014J","104","M","Pass"
"CCC","2014J","105","F","Withdrawn"
"CCC","2014J","109","F","Withdrawn"
"""
FILES = {
    "courses.csv": COURSES,
    "studentRegistration.csv": REGISTRATIONS,
    "studentInfo.csv": RESULTS,
}
STORED = {
    "students": 9,
    "program enrollments canceled": 3,
    "program enrollments enrolled": 6,
    "course enrollments": 11,
    "course enrollments active": 7,
    "rows that differ from the files": 0,
    "accounts": 5,
    "students waiting": 4,
    "students with an account who wait": 0,
    "students without an account who are seated": 0,
    "seats": 5,
    "seats that differ from the files": 0,
    "grades Distinction": 1,
    "grades Pass": 2,
    "grades Withdrawn": 3,
    "active on 2014-10-01, by the ledger": 7,
    "broken invariants": 0,
}
Run = Callable[..., tuple[int, str, str]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["matricula", "oulad", "replay", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


@pytest.fixture
def replay(run: Run, folder: Path) -> Callable[[], dict[str, Any]]:
    def replay() -> dict[str, Any]:
        status, out, err = run(str(folder), "--json")
        assert (status, err) == (0, "")
        answer: dict[str, Any] = json.loads(out)
        return answer

    return replay


def begin(dataset: Dataset) -> Replay:
    load_catalog(programs=list_programs(dataset.presentations), by=given.OPERATOR, at=given.NOW)
    program = get_program(key=OPEN_DEGREE)
    return Replay(
        dataset,
        program=program,
        run_ids=map_run_ids(program, dataset.presentations),
        registrar=given.OPERATOR,
        sign_on=given.sign_on(program.organization_id),
    )


def picture(student: str, *, as_of: datetime | None = None) -> Picture:
    organization_id = get_program(key=OPEN_DEGREE).organization_id
    learner = get_named_learner(
        name=student_key(student, organization_id=organization_id), by=given.OPERATOR
    )
    if as_of is None:
        return picture_learner(learner=learner, by=given.OPERATOR)
    return picture_learner_as_of(learner=learner, as_of=as_of, by=given.OPERATOR)


def statuses(student: str, *days: datetime) -> list[str]:
    return [
        each.status
        for day in days
        for each in picture(student, as_of=day).program_enrollments
        if each.basis == "explicit"
    ]


def test_the_dataset_is_replayed_and_what_is_stored_is_what_the_files_say(
    replay: Callable[[], dict[str, Any]],
) -> None:
    answer = replay()
    assert answer["ok"]
    assert {each["what"]: each["stored"] for each in answer["checks"]} == STORED
    assert all(each["stored"] == each["expected"] for each in answer["checks"])
    assert answer["written"] == {
        "accounts created": 5,
        "course enrollments created": 11,
        "course enrollments updated": 4,
        "grades recorded": 6,
        "program enrollments created": 9,
        "program enrollments updated": 5,
        "student keys bound": 5,
    }


def test_what_is_peculiar_in_the_files_is_said(run: Run, folder: Path) -> None:
    status, out, _ = run(str(folder))
    assert status == 0
    assert "11 registrations in 3 presentations of 2 modules." in out
    assert "2 registrations have no date (lines 5, 10)" in out
    assert "1 results are Withdrawn where no day of withdrawal is said (lines 12)" in out
    assert "5 final results are of students without an account" in out
    assert "Everything is as it must be." in out


def test_a_second_replay_changes_nothing(replay: Callable[[], dict[str, Any]]) -> None:
    replay()
    before = Change.objects.count(), ChangeSet.objects.count()
    answer = replay()
    assert answer["ok"]
    assert answer["written"] == {"student keys already": 5}
    assert Change.objects.count() == before[0]


@pytest.mark.parametrize("days", [1, 4, 7, 11])
def test_a_replay_that_was_killed_is_finished_by_another(
    replay: Callable[[], dict[str, Any]], folder: Path, days: int
) -> None:
    dataset = read_dataset(folder)
    killed = begin(dataset)
    for day in list_days(dataset)[:days]:
        killed.replay_day(day)
    answer = replay()
    assert {each["what"]: each["stored"] for each in answer["checks"]} == STORED
    assert statuses("103", *LIFE_OF_103) == ["enrolled", "canceled", "enrolled"]


LIFE_OF_103 = [datetime(2013, 10, 1, tzinfo=UTC), datetime(2013, 10, 6, tzinfo=UTC)]
LIFE_OF_103 += [datetime(2013, 12, 23, tzinfo=UTC)]


def test_who_leaves_the_last_run_is_canceled_and_enrolled_again_on_return(
    replay: Callable[[], dict[str, Any]],
) -> None:
    replay()
    assert statuses("103", LIFE_OF_103[0] - timedelta(days=11)) == []
    assert statuses("103", *LIFE_OF_103) == ["enrolled", "canceled", "enrolled"]


def test_who_comes_and_goes_on_one_day_has_both_in_the_ledger(
    replay: Callable[[], dict[str, Any]],
) -> None:
    replay()
    changes = Change.objects.filter(subject="course_enrollment", before__is_active=True)
    assert changes.filter(after__is_active=False).count() == 4
    assert [seat.is_active for seat in picture("105").seats] == [False]
    assert picture("105").program_enrollments[0].status == "canceled"


def test_registrations_without_a_day_say_so_in_the_ledger(
    replay: Callable[[], dict[str, Any]],
) -> None:
    replay()
    undated = ChangeSet.objects.filter(reason__contains="a day that the dataset does not say")
    assert {each.at for each in undated} == {datetime(2013, 8, 31, tzinfo=UTC)}
    created = Change.objects.filter(change_set__in=undated, before__isnull=True)
    assert created.filter(subject="program_enrollment").count() == 2
    assert created.filter(subject="course_enrollment").count() == 2
    assert not ChangeSet.objects.filter(at__lt=datetime(2013, 8, 31, tzinfo=UTC)).exists()


def test_accounts_are_made_on_first_days_for_two_of_three_who_are_there(
    replay: Callable[[], dict[str, Any]],
) -> None:
    replay()
    accounts = {key: picture(str(key)).account for key in (101, 102, 103, 104, 106, 107, 109)}
    assert accounts == {
        101: "ou101",
        102: None,  # the third
        103: "ou103",
        104: "ou104",  # whose day is not known
        106: None,  # too late for the first day
        107: None,  # left before it
        109: "ou109",  # late in one presentation, early in another
    }


def test_two_programs_share_the_modules_of_the_open_one(
    replay: Callable[[], dict[str, Any]],
) -> None:
    replay()
    assert len(get_program(key=OPEN_DEGREE).runs) == 3
    assert [run.key for run in get_program(key="ou-social-sciences").runs] == [
        "course-v1:OpenU+AAA+2013J"
    ]
    assert [run.key for run in get_program(key="ou-stem").runs] == [
        "course-v1:OpenU+CCC+2014B",
        "course-v1:OpenU+CCC+2014J",
    ]
    bases = {each.program: each.basis for each in picture("101").program_enrollments}
    assert bases == {"ou-open-degree": "explicit", "ou-social-sciences": "implicit"}


def test_a_check_that_fails_is_shown_and_is_exit_status_1(run: Run, folder: Path) -> None:
    run(str(folder))
    rows = [ProgramRow(1, "101", "suspended")]
    write_program_enrollments(
        program=get_program(key=OPEN_DEGREE),
        rows=rows,
        mode=WriteMode.UPDATE,
        by=given.OPERATOR,
        at=given.NOW,
    )
    status, out, _ = run(str(folder))
    assert status == 1
    assert "WRONG" in out
    assert "checks fail" in out


def test_a_day_takes_as_many_statements_for_many_as_for_few(folder: Path) -> None:
    (folder / "studentInfo.csv").write_text(RESULTS.splitlines()[0])
    counts = []
    for number in (3, 300):
        rows = [f'"CCC","2014J","{2000 * number + each}","-7",""' for each in range(number)]
        header = REGISTRATIONS.splitlines()[0]
        (folder / "studentRegistration.csv").write_text("\n".join([header, *rows]))
        dataset = read_dataset(folder)
        replaying = begin(dataset)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            for day in list_days(dataset):
                replaying.replay_day(day)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_checks_take_as_many_statements_for_many_as_for_few(folder: Path) -> None:
    dataset = read_dataset(folder)
    replaying = begin(dataset)
    program = get_program(key=OPEN_DEGREE)
    days: list[Day] = list_days(dataset)
    counts = []
    for some in (days[:2], days[2:]):
        for day in some:
            replaying.replay_day(day)
        with CaptureQueriesContext(connection) as queries:
            check_replay(dataset, program=program, by=given.OPERATOR)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("courses.csv", '"2013J"', '"2013X"', "line 2: '2013X' is no presentation"),
        ("courses.csv", '"AAA"', '"A A"', "line 2: 'A A' is no code of a module"),
        ("courses.csv", '"268"', '"many"', "line 2: module_presentation_length is 'many', not"),
        ("courses.csv", '"268"', '"0"', "line 2: module_presentation_length is 0"),
        ("courses.csv", '"2014J"', '"2014B"', "line 4: CCC 2014B is on line 3 already"),
        ("studentRegistration.csv", "-30", "-3.5", "line 2: date_registration is '-3.5', not"),
        ("studentRegistration.csv", "-30", "-99999", "line 2: date_registration is -99999"),
        ("studentRegistration.csv", '"5"', '"-11"', "line 4: the student withdraws on day -11,"),
        ("studentRegistration.csv", '"101"', '"0101"', "line 2: id_student is '0101', not"),
        ("studentRegistration.csv", '"101"', '"-101"', "line 2: id_student is -101"),
        ("studentRegistration.csv", '"2014B","106"', '"2015B","106"', "line 7: there is no pres"),
        ("studentRegistration.csv", '"102"', '"101"', "line 3: AAA 2013J 101 is on line 2 al"),
        ("studentRegistration.csv", '"-20",""', '"-20"', "line 3: it has 4 values, and the h"),
        ("studentRegistration.csv", "date_unregistration", "left", "line 1: there is no column d"),
        ("studentRegistration.csv", '"102"', '"1\0"2"', "studentRegistration.csv, line 3: "),
        ("studentInfo.csv", "Fail", "Fial", "line 3: final_result is 'Fial', none of Pass"),
        ("studentInfo.csv", '"107"', '"108"', "line 9: student 108 has a result in CCC 2014B and"),
        ("studentInfo.csv", '"101"', '"102"', "line 3: AAA 2013J 102 is on line 2 already"),
    ],
)
def test_what_cannot_be_right_is_refused_with_file_and_line(
    run: Run, folder: Path, *, name: str, old: str, new: str, words: str
) -> None:
    assert old in FILES[name]
    (folder / name).write_text(FILES[name].replace(old, new, 1))
    status, out, err = run(str(folder))
    assert (status, out) == (2, "")
    assert name in err
    assert words in err
    assert ChangeSet.objects.count() == 0


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(run: Run, folder: Path, name: str) -> None:
    (folder / name).unlink()
    status, _, err = run(str(folder))
    assert status == 2
    assert f"{name} cannot be read: No such file or directory." in err


def test_another_encoding_is_refused_with_its_line(run: Run, folder: Path) -> None:
    (folder / "courses.csv").write_bytes(COURSES.encode() + b'"\xc4","2014J","200"\n')
    status, _, err = run(str(folder))
    assert status == 2
    assert "courses.csv, line 5: the file is not in UTF-8." in err


def test_no_registrations_are_refused(run: Run, folder: Path) -> None:
    (folder / "studentRegistration.csv").write_text(REGISTRATIONS.splitlines()[0])
    status, _, err = run(str(folder))
    assert status == 2
    assert "studentRegistration.csv has no registrations." in err
