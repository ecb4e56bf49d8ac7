import json
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password

from matricula.cli.example.believing import list_people
from matricula.cli.example.cataloging import COURSES, PROGRAMS, SCHOOL, list_programs, run_key
from matricula.cli.example.equipping import STAFF, equip
from matricula.cli.example.inventing import INTAKE_PROGRAM, choose_term, invent_school
from matricula.cli.example.opening import Opened, tell_opened
from matricula.cli.example.registering import register_registrar
from matricula.cli.example.signing_on import offer_sign_on
from matricula.cli.main import main
from matricula.lms.accounts.api import Account
from matricula.lms.addresses.api import holds_own_address
from matricula.lms.catalog.api import (
    Progress,
    describe_course_run,
    get_program,
    load_catalog,
    read_catalog,
)
from matricula.lms.clients.api import Client
from matricula.lms.kernel.api import Action, WriteMode, find_key_fault, fold
from matricula.lms.ledger.api import Change
from matricula.lms.rosters.api import open_roster, plan_roster
from matricula.lms.sign_on.api import list_providers
from tests import given
from tests.cli.serving import free_port

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Run:
    monkeypatch.setattr("matricula.postgres.home", lambda: tmp_path)
    monkeypatch.setattr("matricula.service.secrets.home", lambda: tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["matricula", "example", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


def section(out: str, number: int) -> str:
    return out.split(f"\n\n{number}  ", 1)[1].split("\n\n", 1)[0]


def test_a_school_is_written_as_catalog_and_rosters(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "school"
    status, out, _ = run("write", str(folder), "--json")
    assert status == 0
    answer = json.loads(out)
    assert len(answer["rosters"]) == 2 * len(PROGRAMS)
    assert {each["program"] for each in answer["rosters"]} == set(PROGRAMS)
    assert all(Path(each["file"]).is_file() for each in answer["rosters"])
    assert list(read_catalog(source=answer["catalog"])) == list_programs()


def test_it_is_the_same_every_time(run: Run, tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        assert run("write", str(tmp_path / name))[0] == 0
        texts.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert texts[0] == texts[1]
    assert run("write", str(tmp_path / "one"))[0] == 0


def test_a_file_that_differs_is_replaced_only_when_told_so(run: Run, tmp_path: Path) -> None:
    mine = tmp_path / "data-science.csv"
    mine.write_text("mine")
    status, _, err = run("write", str(tmp_path))
    assert status == 1
    assert "data-science.csv is there already and differs; --force replaces it." in err
    assert mine.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [mine]
    assert run("write", str(tmp_path), "--force")[0] == 0
    assert mine.read_text() != "mine"


def test_a_folder_that_cannot_be_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    status, _, err = run("write", str(tmp_path / "file" / "school"))
    assert status == 2
    assert "cannot be written" in err


def test_students_have_keys_and_addresses_of_their_own() -> None:
    school = invent_school()
    assert len(school.students) == 2000
    for values in (
        [student.key for student in school.students],
        [student.email for student in school.students],
        [student.handle for student in school.students],
    ):
        assert len({fold(value) for value in values}) == len(values)
        assert all(value.isascii() and find_key_fault(value) is None for value in values)


def test_the_intake_is_nobody_else() -> None:
    school = invent_school()
    people = [*school.students, *(each.student for each in school.intake)]
    assert len({each.key for each in people}) == len({each.handle for each in people}) == 2040


def test_programs_share_courses_and_some_students() -> None:
    school = invent_school()
    members = [{each.student.key for each in group} for group in school.memberships.values()]
    assert len(set.union(*members)) == 2000
    assert sum(map(len, members)) == 2100
    numbers = [set(courses) for _, courses in PROGRAMS.values()]
    assert set.intersection(*numbers) == {"STA501", "ETH500", "WRI400"}


@pytest.mark.django_db
@pytest.mark.parametrize("month", [(2026, 11), (2026, 12), (2027, 1), (2027, 3), (2027, 4)])
def test_some_courses_are_over_some_under_way_and_some_to_come(month: tuple[int, int]) -> None:
    load_catalog(programs=list_programs(), by=given.OPERATOR, at=given.NOW)
    first = datetime(*month, 1, tzinfo=UTC)
    runs = [describe_course_run(key=run_key(each, choose_term(each))) for each in COURSES]
    assert {run.progress(at=first) for run in runs} == set(Progress)


@pytest.mark.django_db
def test_the_run_shows_before_and_after(run: Run) -> None:
    star = invent_school().star
    status, out, err = run("run")
    assert (status, err) == (0, "")
    before, after = section(out, 4), section(out, 6)
    assert star.key in before
    assert star.email in before
    assert before.count("waits") == after.count("theirs") + after.count(" in ")
    assert " in " not in before
    assert "waits" not in after
    assert "course-not-found" in out
    assert "the student key is blank" in out
    assert star.handle in section(out, 7)
    assert "invariants hold." in section(out, 8)


@pytest.mark.django_db
def test_a_second_run_says_unchanged(run: Run) -> None:
    first = run("run")[1]
    count = Change.objects.count()
    status, second, _ = run("run")
    assert status == 0
    assert Change.objects.count() == count
    assert section(second, 1).count("unchanged") == len(PROGRAMS)
    assert "100 unchanged." in section(second, 3)
    assert section(second, 4) == section(first, 4)
    assert section(second, 5).count("unchanged") == 3
    assert section(second, 6).splitlines()[1:] == section(first, 6).splitlines()[1:]
    assert "This is from the ledger" in second


@pytest.mark.django_db
def test_the_schools_sign_on_is_offered_to_somebody_without_an_account(run: Run) -> None:
    assert run("run")[0] == 0
    school = invent_school()

    first = offer_sign_on(school, port=8462, by=given.OPERATOR, at=given.NOW)
    again = offer_sign_on(school, port=8463, by=given.OPERATOR, at=given.NOW)

    assert first == again
    handles = [first.newcomer.handle, first.beginner.handle]
    assert not Account.objects.filter(username__in=handles).exists()
    (provider,) = list_providers(by=given.OPERATOR)
    assert (provider.slug, provider.issuer) == ("linden", "http://127.0.0.1:8463")
    assert first.beginner.email.endswith(f"@{provider.trusted_domains[0]}")
    assert first.beginner in [each for _, group in list_people(school) for each in group]


@pytest.mark.django_db
def test_what_is_said_at_the_end_fits_a_terminal_and_can_be_copied(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("run")[0] == 0
    school = invent_school()
    equipment = equip(school, by=given.OPERATOR, at=given.NOW)
    offered = offer_sign_on(school, port=8462, by=given.OPERATOR, at=given.NOW)

    tell_opened(Opened(equipment, lms="http://127.0.0.1:8000", offered=offered))

    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 80 for line in lines if " kept in " not in line)
    assert f"  client secret  {equipment.client_secret}" in lines
    assert any(offered.beginner.name in line for line in lines)
    assert all(any(each.password in line for line in lines) for each in equipment.logins)


@pytest.mark.django_db
def test_who_works_at_the_example_school_has_an_address_that_is_verified(run: Run) -> None:
    assert run("run")[0] == 0
    for _ in range(2):
        equip(invent_school(), by=given.OPERATOR, at=given.NOW)
    assert all(
        holds_own_address(account=each) for each in Account.objects.filter(username__in=STAFF)
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("option", "name"), [("--port", "The LMS"), ("--sign-on-port", "The school's sign-on")]
)
def test_a_port_that_is_taken_is_told_before_anything_begins(
    run: Run, option: str, name: str
) -> None:
    assert run("run")[0] == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        free = {each: free_port() for each in ("--port", "--registrar-port", "--sign-on-port")}
        ports = {**free, option: port}
        status, out, err = run("serve", *(str(word) for each in ports.items() for word in each))
    assert (status, out) == (1, "")
    assert f"{name} cannot listen on 127.0.0.1:{port}: something listens there already." in err


@pytest.mark.django_db
def test_once_somebody_has_come_the_next_one_is_offered(run: Run) -> None:
    assert run("run")[0] == 0
    school = invent_school()
    for newcomer in school.newcomers:
        offered = offer_sign_on(school, port=8462, by=given.OPERATOR, at=given.NOW)
        assert offered.newcomer == newcomer
        given.bound(newcomer.key, given.account(newcomer.handle), school_key=SCHOOL)

    offered = offer_sign_on(school, port=8462, by=given.OPERATOR, at=given.NOW)
    assert offered.newcomer == school.newcomers[0]


@pytest.mark.django_db
def test_what_is_there_to_be_uploaded_gives_the_intake_its_courses(
    run: Run, tmp_path: Path
) -> None:
    assert run("run")[0] == 0
    school = invent_school()
    program = get_program(key=INTAKE_PROGRAM)

    with open_roster(path=tmp_path / "example" / "upload-me.csv") as file:
        answers = plan_roster(file=file, program=program, mode=WriteMode.UPSERT, by=given.OPERATOR)
        refused = [
            each.judgement.verdict for each in answers if each.judgement.action is Action.REFUSE
        ]

    assert answers.actions == {
        Action.CREATE: sum(len(each.courses) for each in school.intake),
        Action.REFUSE: 3,
    }
    assert refused == ["not-in-program", "invalid-status", "invalid-key"]


@pytest.mark.django_db
@pytest.mark.usefixtures("run")
def test_the_registrar_is_a_client_whose_secret_is_kept_and_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register(8001)
    client = Client.objects.get()
    kept = tmp_path / "secrets" / "lms_client_secret"
    assert (tmp_path / "secrets" / "lms_client_id").read_text() == client.client_id
    assert check_password(kept.read_text(), client.client_secret)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert client.redirect_uris == "http://127.0.0.1:8001/login/complete"
    assert capsys.readouterr() == ("", "")


@pytest.mark.django_db
@pytest.mark.usefixtures("run")
def test_it_stays_the_same_client_also_at_another_address(tmp_path: Path) -> None:
    register(8001)
    before = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    register(8151)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == before
    assert Client.objects.get().redirect_uris == "http://127.0.0.1:8151/login/complete"


@pytest.mark.django_db
@pytest.mark.usefixtures("run")
def test_a_secret_that_is_lost_is_made_anew(tmp_path: Path) -> None:
    register(8001)
    (tmp_path / "secrets" / "lms_client_secret").unlink()
    register(8001)
    kept = (tmp_path / "secrets" / "lms_client_secret").read_text()
    assert check_password(kept, Client.objects.get().client_secret)


def register(port: int) -> None:
    register_registrar(address=f"http://127.0.0.1:{port}", by=given.OPERATOR, at=given.NOW)
