"""People and their roles."""

import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.registrar.partners.api import RoleAssignment, list_roles
from tests.registrar import given
from tests.registrar.pages.visiting import browser_of, read, send

pytestmark = pytest.mark.django_db

PAGE = "/people"


def held() -> set[tuple[str, str, str]]:
    return {
        (each.name, each.role, str(each.organization or each.program or ""))
        for each in list_roles(by=given.OPERATOR)
    }


def assignment(name: str) -> RoleAssignment:
    (found,) = list_roles(by=given.OPERATOR, name=name)
    return found


def test_who_has_which_role_is_listed_with_what_roles_mean() -> None:
    browser = browser_of("dean", "administrator", school=None)
    given.with_role("read_reports", "mira", school=given.RIVER)
    given.with_role("read_enrollments", "noor", in_program=given.GEOLOGY)
    page = read(browser, PAGE)

    assert 'Reads reports</td> <td data-column="Where">RiverU <code>RiverU</code>' in page
    assert 'program <code class="word">geology</code>' in page
    assert "Reads enrollments, changes them by uploads, and decides" in page
    assert '<a href="/people" aria-current="page">People' in page
    assert "noor" not in read(browser, PAGE, q="RIVER")


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"place": "organization", "key": "RiverU", "role": "read_reports"}, "RiverU"),
        ({"place": "program", "key": "geology", "role": "read_write_enrollments"}, "geology"),
        ({"place": "everywhere", "key": "", "role": "administrator"}, ""),
    ],
)
def test_a_role_is_given_also_to_somebody_who_was_never_here(
    fields: dict[str, str], kept: str
) -> None:
    browser = browser_of("dean", "administrator", school=None)
    name = "somebody@riveru.example"
    page = send(browser, PAGE, to=PAGE, name=name, **fields)
    assert b"The role is given." in page.content
    assert (name, fields["role"], kept) in held()
    again = send(browser, PAGE, to=PAGE, name=name.upper(), **fields)
    assert b"They had this role already." in again.content


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"place": "organization", "key": "NoU"}, "There is no organization"),
        ({"place": "program", "key": "nothing"}, "There is no program"),
        ({"name": " ", "place": "everywhere"}, "names nobody"),
        ({"role": "boss", "place": "everywhere"}, "There is no role"),
        ({"role": "administrator", "place": "program", "key": "geology"}, "held everywhere"),
    ],
)
def test_what_cannot_be_given_is_said_and_the_form_keeps_what_was_written(
    fields: dict[str, str], words: str
) -> None:
    browser = browser_of("dean", "administrator", school=None)
    before = held()
    answer = browser.post(PAGE, {"name": "mira", "role": "read_reports", **fields})
    page = " ".join(answer.content.decode().split())
    assert (answer.status_code, words in page, held()) == (400, True, before)
    assert f'id="place-key" name="key" value="{fields.get("key", "")}"' in page


def test_a_role_is_taken_after_a_question() -> None:
    browser = browser_of("dean", "administrator", school=None)
    given.with_role("read_reports", "mira", school=given.RIVER)
    address = f"{PAGE}/{assignment('mira').pk}/take"
    assert "Take this role away?" in read(browser, address)
    assert b"The role is taken away." in send(browser, address, to=PAGE).content
    assert "mira" not in {name for name, *_ in held()}
    read(browser, address, status=404)


def test_whoever_would_leave_nobody_to_give_roles_is_warned() -> None:
    browser = browser_of("dean", "administrator", school=None)
    address = f"{PAGE}/{assignment('dean').pk}/take"
    assert "Nobody else may give roles." in read(browser, address)
    given.with_role("administrator", "mira", school=None)
    page = read(browser, address)
    assert ("Nobody else" in page, "This role is your own" in page) == (False, True)


def test_it_is_for_who_may_give_roles_alone() -> None:
    browser = browser_of("mira", "read_write_enrollments")
    assert "You may not do this" in read(browser, PAGE, status=403)
    assert browser.post(PAGE, {"name": "mira", "role": "administrator"}).status_code == 403
    assert 'href="/people"' not in read(browser, "/")


def test_many_assignments_are_paged_and_cost_no_more_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = browser_of("dean", "administrator", school=None)
    page = ""
    for count in (1, 60):
        for number in range(count):
            given.with_role("read_reports", f"mira-{count}-{number:03}", school=given.RIVER)
        with django_assert_num_queries(7):
            page = read(browser, PAGE)
    assert "1 to 25 of 62" in page
    assert "mira-60-059" in read(browser, PAGE, page="3")
