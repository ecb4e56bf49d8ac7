"""`matricula db`; the servers behind it have tests of their own."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from matricula import postgres
from tests.cli.typing_in import matricula

UNREACHABLE = "postgresql://somebody:secret@127.0.0.1:1/none"


@pytest.fixture
def _external(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of the tests, as one that is not ours."""
    monkeypatch.setenv("DATABASE_URL", postgres.database_url())


@pytest.fixture
def _unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", UNREACHABLE)


@pytest.mark.usefixtures("_external")
def test_a_server_that_runs_is_left_running() -> None:
    typed = matricula("db", "start", "--json")
    assert (typed.status, typed.err) == (0, "")
    assert typed.json == {"started": False, "url": postgres.configured_url()}
    assert matricula("db", "start").out.startswith("Already running: postgres")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://some:secret@db.example:6000/lms?sslmode=require",
        "postgresql://some@db.example:6000/lms?password=secret&sslmode=require",
        "postgresql://db.example:6000/lms?user=some&sslpassword=secret&sslmode=require",
        "host=db.example port=6000 user=some password=secret dbname=lms sslmode=require",
    ],
)
@pytest.mark.parametrize("option", [(), ("--json",)])
def test_starting_says_all_but_the_password(
    url: str, option: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr(postgres, "start", lambda: False)
    typed = matricula("db", "start", *option)
    assert "secret" not in typed.out
    said = typed.json["url"] if option else typed.out.partition(": ")[2].strip()
    assert conninfo_to_dict(said) == {
        "host": "db.example",
        "port": "6000",
        "user": "some",
        "dbname": "lms",
        "sslmode": "require",
    }
    assert matricula("db", "start").status == 0


@pytest.mark.usefixtures("_external")
def test_its_address_is_printed_for_other_tools() -> None:
    assert matricula("db", "url").out == postgres.configured_url() + "\n"
    assert matricula("db", "url", "--json").json == {"url": postgres.configured_url()}


@pytest.mark.usefixtures("_external")
def test_one_that_is_not_ours_is_not_stopped() -> None:
    typed = matricula("db", "stop")
    assert (typed.status, typed.out) == (1, "")
    assert "did not start and will not stop" in typed.err
    assert postgres.is_running()


@pytest.mark.usefixtures("_unreachable")
@pytest.mark.parametrize("command", ["start", "url"])
def test_one_that_cannot_be_reached_is_one_and_its_password_stays_unsaid(command: str) -> None:
    typed = matricula("db", command)
    assert (typed.status, typed.out) == (1, "")
    assert typed.err
    assert "secret" not in typed.err
