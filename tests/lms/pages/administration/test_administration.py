"""Django's admin: for staff with something to see there, and every write by our operations."""

import pytest
from django.contrib.admin import site
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from matricula.lms.access.api import list_roles_of
from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import create_client
from matricula.lms.ledger.api import Change, ChangeSet
from tests import given
from tests.lms.pages.support.browsing import browsing_as, staff, words_of

pytestmark = pytest.mark.django_db

ROLES = "/admin/access/roleassignment/"
ACTS = "/admin/ledger/changeset/"
QUERIES = 12


def browser_of(role: str, *, is_staff: bool = True, school_key: str | None = None) -> Client:
    who = staff(role, school_key=school_key)
    Account.objects.filter(pk=who.pk).update(is_staff=is_staff)
    return browsing_as(Account.objects.get(pk=who.pk))


def test_an_operator_sees_every_page() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    create_client(
        name="portal", roles=["read"], organization_id=None, by=given.OPERATOR, at=given.NOW
    )
    browser = browser_of("operator")
    assert browser.get("/admin/").status_code == 200
    for model in site._registry:
        listing = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        if model._meta.model_name == "provider":
            assert browser.get(listing).status_code == 403
            continue
        assert browser.get(listing).status_code == 200, listing
        first = model._default_manager.order_by("pk").last()
        page = browser.get(f"{listing}{first.pk if first else 0}/change/", follow=True)
        assert page.status_code == 200, listing


@pytest.mark.parametrize(
    ("role", "is_staff", "school_key"),
    [
        ("support", True, None),
        ("write", True, None),
        ("operator", False, None),
        ("operator", True, "RiverU"),
    ],
)
def test_whoever_would_see_nothing_is_not_let_in(
    *, role: str, is_staff: bool, school_key: str | None
) -> None:
    browser = browser_of(role, is_staff=is_staff, school_key=school_key)
    for address in ("/admin/", ROLES, ACTS):
        answer = browser.get(address, follow=True)
        assert answer.status_code == 403, address
        assert "You may not see this" in words_of(answer)


def test_who_registers_providers_sees_those_alone() -> None:
    browser = browser_of("sign-on")
    page = words_of(browser.get("/admin/"))
    assert "/admin/sign_on/provider/" in page
    assert "/admin/ledger/" not in page
    assert browser.get(ACTS).status_code == 403


def test_a_role_is_given_and_taken() -> None:
    noah, school = given.account("noah"), given.school()
    browser = browser_of("operator")
    wanted = {"username": "Noah", "role": "write", "organization": school.pk}
    assert browser.post(f"{ROLES}add/", wanted).status_code == 302
    (held,) = list_roles_of(account_id=noah.pk)
    assert (held.role, held.organization_id) == ("write", school.pk)
    again = browser.post(f"{ROLES}add/", wanted, follow=True)
    assert "They had this role already" in words_of(again)
    assert "write" in words_of(browser.get(ROLES, {"q": "noah"}))
    browser.post(f"{ROLES}{held.pk}/delete/", {"post": "yes"})
    assert list_roles_of(account_id=noah.pk) == []
    answer = browser.post(f"{ROLES}add/", {**wanted, "username": "whoever"})
    assert "There is no account" in words_of(answer)


def test_the_ledger_is_found_by_actor_request_and_row_and_never_written() -> None:
    given.enrolled("rv-1", program=given.program())
    browser = browser_of("operator")
    act = ChangeSet.objects.latest("pk")
    for term, count in (
        ("operator:tester", ChangeSet.objects.count()),
        (str(act.uuid), 1),
        ("no-such-request", 0),
        ("staff", 0),
    ):
        page = browser.get(ACTS, {"q": term})
        assert page.context["cl"].result_count == count, term
    changes = browser.get("/admin/ledger/change/", {"change_set": act.pk})
    assert changes.context["cl"].result_count == Change.objects.filter(change_set=act).count()
    change = Change.objects.latest("pk")
    page = browser.get(
        "/admin/ledger/change/", {"q": str(change.row_id), "subject": str(change.subject)}
    )
    assert page.context["cl"].result_count >= 1
    for address in (f"{ACTS}add/", f"{ACTS}{act.pk}/delete/"):
        assert browser.post(address, {"post": "yes"}).status_code == 403
    assert browser.post(f"{ACTS}{act.pk}/change/", {"reason": "x"}).status_code == 403


def test_the_ledger_s_list_costs_the_same_however_long_it_is(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    program = given.program()
    for number in range(30):
        given.enrolled(f"rv-{number}", program=program)
    browser = browser_of("operator")
    with django_assert_max_num_queries(QUERIES):
        browser.get(ACTS)


def test_no_secret_of_a_client_is_shown() -> None:
    made = create_client(
        name="portal", roles=["read"], organization_id=None, by=given.OPERATOR, at=given.NOW
    )
    browser = browser_of("operator")
    client_id = words_of(browser.get("/admin/clients/client/"))
    assert "portal" in client_id
    page = browser.get("/admin/clients/client/", {"q": "portal"})
    (row,) = page.context["cl"].result_list
    shown = words_of(browser.get(f"/admin/clients/client/{row.pk}/change/"))
    assert made.client_id in shown
    assert row.client_secret not in shown


def test_things_are_called_by_their_names() -> None:
    page = words_of(browser_of("operator").get("/admin/"))
    for name in ("Accounts", "Curricula", "Course runs", "Change sets", "Clients"):
        assert f">{name}</a>" in page


def test_the_box_over_a_table_says_in_words_what_it_is() -> None:
    run = given.course_run()
    browser = browser_of("operator")
    page = words_of(browser.get("/admin/catalog/courserun/", {"q": run.key}))
    assert '<label for="searchbar">Look for</label>' in page
    assert "1 found" in page
    listed = words_of(browser.get("/admin/access/roleassignment/", {"role": "read", "q": "x"}))
    assert '<input type="hidden" name="role" value="read">' in listed


def test_a_role_that_would_be_taken_is_called_by_whose_it_is_and_where() -> None:
    browser = browser_of("operator")
    given.with_role("read", given.account("otto"), school_key="RiverU")
    for held, words in (("otto", "read of otto at RiverU"), ("staff", "operator of staff, every")):
        [role] = list_roles_of(account_id=Account.objects.get(username=held).pk)
        assert words in words_of(browser.get(f"{ROLES}{role.pk}/delete/"))
