"""From a button of the login page to the dashboard, by real processes on both sides."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import psycopg
import pytest
import requests

from tests.cli.serving import COMMAND, PATIENCE, Installation, Served, installed, serving
from tests.sign_on_with_oidc.schooling import load_school
from tests.sign_on_with_saml.school import KEY_ATTRIBUTE
from tests.sign_on_with_saml.starting import Running, saml_provider
from tests.signing_on import Browser

TOGETHER = 6
KEYS = ["rv:new", "rv:late", *(f"rv:{number}" for number in range(TOGETHER))]
LAKE = {
    "uuid": "5b8f1d1e-52a6-4c5e-9d0b-0c9a3b6f2a01",
    "key": "limnology",
    "title": "Limnology",
    "type": "Masters",
    "status": "active",
    "authoring_organizations": [
        {"uuid": "5b8f1d1e-52a6-4c5e-9d0b-0c9a3b6f2a02", "key": "LakeU", "name": "Lake University"}
    ],
    "curricula": [],
}
"""What another school has: nobody of it waits for anything."""


@dataclass(frozen=True)
class World:
    """A school's provider, and the LMS that it proves people to."""

    installation: Installation
    served: Served
    river: Running

    def count(self, query: str) -> int:
        with psycopg.connect(self.installation.url) as connection:
            row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return int(row[0])

    def visit(self, slug: str = "riveru") -> Browser:
        """Be at the provider's page."""
        browser = Browser(self.served.address)
        browser.go(f"/sign-on/{slug}/")
        assert browser.page.url.startswith(self.river.address), browser.page.text
        return browser


def prove(browser: Browser, **fields: str) -> requests.Response:
    """Say who one is, and let the provider's page send its form."""
    browser.submit(action="/sso", file=None, **fields)
    return browser.submit(action="/acs/")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("saml")
    with (
        saml_provider(folder / "river") as river,
        installed("matricula_sign_on_saml", folder / "home") as installation,
    ):
        load_school(installation, folder, keys=KEYS)
        lake = folder / "lake.json"
        lake.write_text(json.dumps({"results": [LAKE]}))
        installation.run("catalog", "load", str(lake))
        for slug, school in (("riveru", "RiverU"), ("lakeu", "LakeU")):
            installation.run(
                *("sso", "add-saml", slug, "--organization", school, "--title", school),
                *("--metadata", river.metadata, "--attribute", KEY_ATTRIBUTE),
            )
        with serving(installation, folder, "--workers", "4") as served:
            yield World(installation, served, river)


@pytest.fixture(autouse=True)
def _known(world: World) -> None:
    """The school loads our metadata, as it is served."""
    for slug in ("riveru", "lakeu"):
        answer = world.served.call("GET", f"/sign-on/{slug}/metadata/")
        assert answer.headers["Content-Type"] == "application/samlmetadata+xml"
        world.river.trust(slug, answer.text)


def test_an_unknown_student_lands_on_their_programs_and_courses(world: World) -> None:
    browser = Browser(world.served.address)
    browser.go("/login")
    assert "RiverU" in browser.page.text
    browser.go("/sign-on/riveru/")

    page = prove(browser, key="rv:new", mail="new@river.example", name="New Student")

    assert page.status_code == 200
    assert page.url == f"{world.served.address}/dashboard"
    for title in ("Program one", "Program two", "Program three"):
        assert title in page.text
    picture = browser.session.get(
        f"{world.served.address}/api/enrollment/v2/learners/new", timeout=PATIENCE
    ).json()
    explicit = [each for each in picture["program_enrollments"] if each["basis"] == "explicit"]
    assert (len(explicit), len(picture["seats"])) == (3, 10)


def test_somebody_who_has_an_account_joins_their_school(world: World) -> None:
    words = ("--email", "late@example.org", "--password", "a long passphrase of mine")
    world.installation.run("account", "create", "late", *words)
    browser = Browser(world.served.address)
    browser.go("/login?next=/sign-on/riveru/")
    browser.submit(login="late", password="a long passphrase of mine")
    assert "Join RiverU" in browser.page.text

    browser.submit(action="/sign-on/")
    page = prove(browser, key="rv:late")

    assert page.url == f"{world.served.address}/dashboard"
    assert "Program one" in page.text
    assert (
        world.count(
            "SELECT count(*) FROM identity JOIN account ON account.id = account_id "
            "WHERE value = 'rv:late' AND username = 'late'"
        )
        == 1
    )


def test_the_same_key_at_another_school_gets_nothing_of_this_one(world: World) -> None:
    page = prove(world.visit("lakeu"), key="rv:0", mail="wrong@lake.example")

    assert page.url == f"{world.served.address}/dashboard"
    assert (
        world.count(
            "SELECT count(*) FROM identity JOIN account ON account.id = account_id "
            "JOIN organization AS o ON o.id = organization_id "
            "WHERE username = 'wrong' AND o.key = 'RiverU'"
        )
        == 0
    )


@pytest.mark.parametrize(
    ("mischief", "status"),
    [
        ("tampered", 401),
        ("unsigned", 401),
        ("wrapped", 401),
        ("entities", 401),
        ("expired", 400),
        ("elsewhere", 401),
    ],
)
def test_a_spoiled_answer_ends_on_a_page_in_words(
    world: World, mischief: str, status: int
) -> None:
    before = world.count("SELECT count(*) FROM account")

    page = prove(world.visit(), key="rv:0", mischief=mischief)

    assert page.status_code == status
    assert page.headers["X-Request-ID"] in page.text
    assert "rv:0" not in page.text
    assert world.count("SELECT count(*) FROM account") == before
    assert world.served.call("GET", "/login").status_code == 200


def test_the_log_says_what_was_refused_and_not_of_whom(world: World) -> None:
    prove(world.visit(), key="rv:secret", mail="secret@river.example", mischief="expired")

    refused = [each for each in world.served.lines if each["event"] == "answer refused"]
    assert (refused[-1]["provider"], refused[-1]["code"]) == ("riveru", "mistimed-answer")
    assert "secret" not in world.served.log.read_text()


def test_many_first_sign_ins_at_once_are_one_account_and_one_binding_each(world: World) -> None:
    start = Barrier(2 * TOGETHER)

    def sign_in(number: int) -> int:
        browser = world.visit()
        browser.submit(action="/sso", key=f"rv:{number}", name=f"Student {number}")
        start.wait(PATIENCE)
        return browser.submit(action="/acs/").status_code

    with ThreadPoolExecutor(2 * TOGETHER) as pool:
        statuses = Counter(pool.map(sign_in, [*range(TOGETHER)] * 2))

    assert statuses == {200: 2 * TOGETHER}
    assert (
        world.count(
            "SELECT count(DISTINCT account_id) FROM identity JOIN organization AS o "
            "ON o.id = organization_id WHERE value ~ '^rv:[0-9]' AND o.key = 'RiverU'"
        )
        == TOGETHER
    )
    assert (
        world.count(
            "SELECT count(*) FROM socialaccount_socialaccount "
            "WHERE provider = 'riveru' AND uid ~ '^rv:[0-9]'"
        )
        == TOGETHER
    )


def test_one_answer_brought_many_times_at_once_signs_in_once(world: World) -> None:
    browser = world.visit()
    browser.submit(action="/sso", key="rv:1")
    cookies = browser.session.cookies.get_dict()
    page = browser.page.text
    target = f"{world.served.address}/sign-on/riveru/acs/"
    answer = page.split('name="SAMLResponse" value="')[1].split('"')[0]
    start = Barrier(TOGETHER)

    def bring(_: int) -> int:
        session = requests.Session()
        session.cookies.update(cookies)
        aside = session.post(
            target, data={"SAMLResponse": answer}, allow_redirects=False, timeout=PATIENCE
        )
        start.wait(PATIENCE)
        where = world.served.address + aside.headers["Location"]
        return session.get(where, allow_redirects=False, timeout=PATIENCE).status_code

    with ThreadPoolExecutor(TOGETHER) as pool:
        statuses = Counter(pool.map(bring, range(TOGETHER)))

    assert statuses == {302: 1, 400: TOGETHER - 1}


def test_a_provider_that_is_down_leaves_its_metadata_as_it_is(
    world: World, tmp_path: Path
) -> None:
    with saml_provider(tmp_path / "brief") as brief:
        world.installation.run(
            *("sso", "add-saml", "brief", "--organization", "RiverU", "--title", "Brief"),
            *("--metadata", brief.metadata, "--attribute", KEY_ATTRIBUTE, "--test"),
        )
    ran = subprocess.run(
        [COMMAND, "sso", "refresh-metadata", "brief"],
        env=world.installation.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode != 0
    assert "does not answer" in ran.stderr
    assert world.served.call("GET", "/sign-on/brief/", allow_redirects=False).status_code == 302
