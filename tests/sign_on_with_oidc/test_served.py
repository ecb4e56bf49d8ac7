"""From a link at the school to the dashboard, by real processes on both sides."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
import requests

from tests.cli.serving import PATIENCE, Installation, Served, installed, serving
from tests.sign_on_with_oidc.schooling import load_school
from tests.signing_on import Browser, oidc_provider, people

TOGETHER = 8
SUBJECTS = ["s-new", "s-late", *(f"s-{number}" for number in range(TOGETHER)), "s-twice"]


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Installation, Served]]:
    folder = tmp_path_factory.mktemp("sign-on")
    with (
        oidc_provider(*people(*SUBJECTS)) as issuer,
        installed("matricula_sign_on_oidc", folder / "home") as installation,
    ):
        load_school(installation, folder, keys=[f"key-{subject}" for subject in SUBJECTS])
        secret = folder / "secret"
        secret.write_text("a secret")
        installation.run(
            *("sso", "add-oidc", "riveru", "--organization", "RiverU", "--title", "River"),
            *("--issuer", issuer, "--client-id", "matricula", "--claim", "student_id"),
            *("--client-secret-file", str(secret)),
        )
        with serving(installation, folder, "--workers", "4") as served:
            yield installation, served


def test_an_unknown_student_lands_on_their_programs_and_courses(
    world: tuple[Installation, Served],
) -> None:
    _, served = world
    browser = Browser(served.address)

    browser.go("/login")
    assert "River" in browser.page.text
    browser.go("/sign-on/riveru/")
    page = browser.submit(sub="s-new")

    assert page.status_code == 200
    assert page.url == f"{served.address}/dashboard"
    for title in ("Program one", "Program two", "Program three"):
        assert title in page.text
    picture = browser.session.get(
        f"{served.address}/api/enrollment/v2/learners/s-new", timeout=PATIENCE
    )
    found = picture.json()
    assert len([each for each in found["program_enrollments"] if each["basis"] == "explicit"]) == 3
    assert len(found["seats"]) == 10
    courses = browser.session.get(
        f"{served.address}/api/enrollment/v1/enrollment", timeout=PATIENCE
    )
    assert len(courses.json()) == 10


def test_somebody_who_has_an_account_joins_their_school(
    world: tuple[Installation, Served],
) -> None:
    installation, served = world
    words = ("--email", "late@example.org", "--password", "a long passphrase of mine")
    installation.run("account", "create", "late", *words)
    browser = Browser(served.address)
    browser.go("/login?next=/sign-on/riveru/")
    browser.submit(login="late", password="a long passphrase of mine")
    assert "Join River" in browser.page.text, browser.page.text

    browser.submit(action="/sign-on/riveru/")
    page = browser.submit(sub="s-late")

    assert page.url == f"{served.address}/dashboard"
    assert "Program one" in page.text
    assert (
        _count(
            installation,
            "SELECT count(*) FROM identity WHERE value = 'key-s-late' "
            "AND account_id = (SELECT id FROM account WHERE username = 'late')",
        )
        == 1
    )


def test_many_first_sign_ins_at_once_are_one_account_and_one_binding_each(
    world: tuple[Installation, Served],
) -> None:
    installation, served = world
    subjects = [f"s-{number}" for number in range(TOGETHER)]
    start = Barrier(2 * TOGETHER)

    def sign_in(subject: str) -> int:
        browser = Browser(served.address)
        browser.go("/sign-on/riveru/")
        start.wait(PATIENCE)
        return browser.submit(sub=subject).status_code

    with ThreadPoolExecutor(2 * TOGETHER) as pool:
        statuses = list(pool.map(sign_in, subjects * 2))

    assert Counter(statuses) == {200: 2 * TOGETHER}
    assert (
        _count(
            installation, "SELECT count(*) FROM socialaccount_socialaccount WHERE uid ~ '^s-[0-9]'"
        )
        == TOGETHER
    )
    assert (
        _count(
            installation,
            "SELECT count(DISTINCT account_id) FROM identity WHERE value ~ '^key-s-[0-9]'",
        )
        == TOGETHER
    )
    assert _count(installation, "SELECT count(*) FROM binding_conflict") == 0


def test_a_double_click_is_one_sign_in(world: tuple[Installation, Served]) -> None:
    installation, served = world
    session = requests.Session()
    addresses = [
        session.get(
            f"{served.address}/sign-on/riveru/", allow_redirects=False, timeout=PATIENCE
        ).headers["Location"]
        for _ in range(2)
    ]
    backs = [
        requests.post(
            address, data={"sub": "s-twice"}, allow_redirects=False, timeout=PATIENCE
        ).headers["Location"]
        for address in addresses
    ]
    cookies = session.cookies.get_dict()

    def come_back(address: str) -> requests.Response:
        return requests.get(address, cookies=cookies, allow_redirects=False, timeout=PATIENCE)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(come_back, backs))

    assert {answer.status_code for answer in answers} <= {302, 400}
    assert 302 in {answer.status_code for answer in answers}
    assert (
        _count(
            installation, "SELECT count(*) FROM socialaccount_socialaccount WHERE uid = 's-twice'"
        )
        == 1
    )


def _count(installation: Installation, query: str) -> int:
    with psycopg.connect(installation.url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])
