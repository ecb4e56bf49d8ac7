"""Students come from a real provider process, which is driven as a browser drives it."""

from collections.abc import Iterator
from html import unescape
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.contrib.messages import get_messages
from django.core import mail
from django.http import HttpResponse
from procrastinate.contrib.django.models import ProcrastinateJob

from matricula.lms.accounts.api import Account
from matricula.lms.identities.api import BindingConflict, Identity, Via, rebind_identity
from matricula.lms.integrity.api import check_integrity
from matricula.lms.sign_on import settling
from matricula.lms.sign_on.api import set_test_mode, switch_provider
from matricula.lms.sign_on.models import Assertion, Provider, Settlement
from matricula.lms.sign_on.settling import LEFT_ALONE, settle_left_ones
from tests import given
from tests.signing_on import REFRESH, InsideBrowser, provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def river(issuer: str) -> Iterator[Provider]:
    yield provider(issuer=issuer)
    assert not [found for found in check_integrity(by=given.OPERATOR) if found.count]


def told(answer: HttpResponse) -> list[str]:
    return [str(each) for each in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def test_a_first_sign_in_makes_the_account_and_binds_the_student_key(river: Provider) -> None:
    given.enrolled("rv:0007/ä", program=given.program())

    answer = InsideBrowser().sign_in("s-mira")

    assert (answer.status_code, answer["Location"]) == (302, "/dashboard")
    account = Account.objects.get(username="mira")
    assert (account.name, account.email) == ("Mira Novak", "mira@student.example.edu")
    assert not account.has_usable_password()
    identity = Identity.objects.get(organization=river.organization)
    assert (identity.account, identity.bound_via) == (account, Via.SIGN_ON)
    assert Assertion.objects.get().settlement == Settlement.BOUND
    assert told(answer) == []


def test_signing_in_again_is_the_same_account_and_changes_nothing(river: Provider) -> None:
    InsideBrowser().sign_in("s-mira")
    first = Identity.objects.get()

    InsideBrowser().sign_in("s-mira")

    again = Identity.objects.get()
    assert (again.account, again.bound_at) == (first.account, first.bound_at)
    assert Account.objects.count() == 1


def test_signing_in_again_repairs_a_binding_that_is_gone(river: Provider) -> None:
    InsideBrowser().sign_in("s-mira")
    account = Account.objects.get()
    Assertion.objects.update(accepted=None, settlement=Settlement.UNSETTLED)
    other = given.account("other")
    for who in (other, account):
        rebind_identity(
            name=given.key_of("rv:0007/ä"),
            account_id=who.pk,
            by=given.OPERATOR,
            at=given.NOW,
            reason="try",
        )

    InsideBrowser().sign_in("s-mira")

    assert Assertion.objects.get().settlement == Settlement.BOUND


def test_next_is_followed_to_this_host_alone(river: Provider) -> None:
    here = InsideBrowser().sign_in("s-mira", next_url="/account/schools")
    elsewhere = InsideBrowser().sign_in("s-mira", next_url="https://evil.example.com/")

    assert here["Location"] == "/account/schools"
    assert elsewhere["Location"] == "/dashboard"


def test_the_session_gets_another_key_when_somebody_signs_in(river: Provider) -> None:
    browser = InsideBrowser()
    address = browser.leave()
    before = browser.client.session.session_key

    browser.come_back(browser.prove(address, "s-mira"))

    assert browser.client.session.session_key not in {None, before}


def test_an_address_proves_nothing_unless_the_school_may_prove_it(river: Provider) -> None:
    InsideBrowser().sign_in("s-mira")

    assert not EmailAddress.objects.get().verified


@pytest.mark.django_db(transaction=True)
def test_who_is_new_is_written_to_once_so_that_they_can_prove_their_address(
    river: Provider,
) -> None:
    InsideBrowser().sign_in("s-mira")
    InsideBrowser().sign_in("s-mira")

    (message,) = mail.outbox
    assert message.to == ["mira@student.example.edu"]
    assert "/verify/" in str(message.body)


def test_a_mail_that_cannot_be_written_fails_no_sign_in(river: Provider) -> None:
    with patch.object(EmailAddress, "send_confirmation", side_effect=LookupError("broken")):
        assert InsideBrowser().sign_in("s-mira")["Location"] == "/dashboard"


def test_a_school_may_prove_addresses_of_its_own_domain(issuer: str) -> None:
    provider(issuer=issuer, trusted_domains=["student.example.edu"])

    InsideBrowser().sign_in("s-mira")

    assert EmailAddress.objects.get().verified


def test_an_address_that_the_school_may_prove_takes_up_what_waits_for_it(issuer: str) -> None:
    provider(issuer=issuer, trusted_domains=["student.example.edu"])
    InsideBrowser().sign_in("s-mira")

    assert not mail.outbox
    assert Identity.objects.get(kind="email").account == Account.objects.get()


def test_an_account_is_never_found_by_its_address(issuer: str) -> None:
    provider(issuer=issuer, trusted_domains=["student.example.edu"])
    victim = given.account("victim", email="mira@student.example.edu")
    EmailAddress.objects.create(user=victim, email=victim.email, verified=True, primary=True)

    InsideBrowser().sign_in("s-mira")

    assert Identity.objects.get(kind="student_key").account != victim
    assert [each.user for each in EmailAddress.objects.filter(verified=True)] == [victim]


def test_a_username_that_is_taken_gets_a_number(river: Provider) -> None:
    given.account("MIRA")

    InsideBrowser().sign_in("s-mira")

    assert Identity.objects.get().account == Account.objects.get(username="mira2")


def test_the_same_key_for_a_second_person_is_refused_and_kept_as_a_conflict(
    river: Provider,
) -> None:
    InsideBrowser().sign_in("s-mira")

    browser = InsideBrowser()
    answer = browser.sign_in("s-noor")

    assert answer["Location"] == "/dashboard"
    conflict = BindingConflict.objects.get()
    assert (conflict.holder.username, conflict.claimant.username) == ("mira", "noor")
    assert "belongs to another account" in browser.client.get("/dashboard").content.decode()
    assert Assertion.objects.get(social_account__uid="s-noor").settlement == Settlement.CONFLICT


@pytest.mark.parametrize(
    ("subject", "settlement", "words"),
    [
        ("s-nokey", Settlement.NO_KEY, "did not tell us your student key"),
        ("s-blank", Settlement.NO_KEY, "did not tell us your student key"),
        ("s-list", Settlement.NO_KEY, "did not tell us your student key"),
        ("s-long", Settlement.UNUSABLE_KEY, "cannot be one"),
        ("s-control", Settlement.UNUSABLE_KEY, "cannot be one"),
    ],
)
def test_without_a_usable_key_they_are_signed_in_and_told(
    river: Provider, subject: str, settlement: Settlement, words: str
) -> None:
    browser = InsideBrowser()
    answer = browser.sign_in(subject)

    assert answer["Location"] == "/dashboard"
    assert words in browser.client.get("/dashboard").content.decode()
    assert Assertion.objects.get().settlement == settlement


def test_a_number_is_a_student_key(river: Provider) -> None:
    InsideBrowser().sign_in("s-number")

    assert Identity.objects.get().value == "42"


def test_a_key_is_of_the_school_that_asserts_it_and_of_no_other(river: Provider) -> None:
    given.enrolled("rv:0007/ä", program=given.program(school_key="LakeU"))

    InsideBrowser().sign_in("s-mira")

    of_lake = Identity.objects.get(organization=given.school("LakeU"))
    assert of_lake.account is None


def test_a_binding_that_breaks_fails_no_sign_in_and_is_made_up_for(river: Provider) -> None:
    with patch.object(settling, "bind_identity", side_effect=RuntimeError("broken")):
        browser = InsideBrowser()
        answer = browser.sign_in("s-mira")

    assert answer["Location"] == "/dashboard"
    assert "look again in a few minutes" in browser.client.get("/dashboard").content.decode()
    assert ProcrastinateJob.objects.get().task_name == "sign_on.settle"
    assert Identity.objects.count() == 0

    later = Assertion.objects.get().asserted_at + 2 * LEFT_ALONE
    assert settle_left_ones(at=later) == 1
    assert Identity.objects.get().account == Account.objects.get()


def test_who_is_signed_in_is_asked_whether_to_join(river: Provider) -> None:
    browser = InsideBrowser()
    account = given.account("old")
    browser.client.force_login(account)

    page = browser.client.get("/sign-on/riveru/")
    answer = browser.join("s-mira")

    assert "Join RiverU sign-in to this account?" in page.content.decode()
    assert answer["Location"] == "/dashboard"
    assert Identity.objects.get(kind="student_key").account == account
    assert Account.objects.count() == 1
    assert "from now on" in " ".join(told(answer))


def test_whoever_has_joined_signs_in_to_that_account(river: Provider) -> None:
    browser = InsideBrowser()
    account = given.account("old")
    browser.client.force_login(account)
    browser.join("s-mira")

    other = InsideBrowser()
    other.sign_in("s-mira")

    assert other.client.session["_auth_user_id"] == str(account.pk)


def test_a_person_of_another_account_cannot_be_joined(river: Provider) -> None:
    InsideBrowser().sign_in("s-mira")
    browser = InsideBrowser()
    browser.client.force_login(given.account("old"))

    answer = browser.join("s-mira")

    assert answer.status_code == 409
    assert "signs in to another account" in answer.content.decode()


def test_joining_asks_for_the_password_again(river: Provider) -> None:
    browser = InsideBrowser()
    account = given.account("old")
    account.set_password("a long enough passphrase")
    account.save()
    browser.client.force_login(account)

    page = browser.client.post("/sign-on/riveru/")

    assert page.status_code == 302
    assert "riveru" in page["Location"]


def test_only_who_said_yes_is_joined(river: Provider) -> None:
    browser = InsideBrowser()
    browser.client.force_login(given.account("old"))
    page = browser.client.post("/sign-on/riveru/").content.decode()
    session = browser.client.session
    states = session["socialaccount_states"]
    for state, *_ in states.values():
        state["account"] = given.account("somebody").pk
    session["socialaccount_states"] = states
    session.save()
    found = REFRESH.search(page)
    assert found

    answer = browser.come_back(browser.prove(unescape(found[1]), "s-mira"))

    assert answer.status_code == 400
    assert not Assertion.objects.exists()


def test_who_comes_as_another_person_is_told_whose_account_it_is(river: Provider) -> None:
    browser = InsideBrowser()
    browser.sign_in("s-mira")
    InsideBrowser().sign_in("s-number")

    answer = browser.sign_in("s-number")

    assert any("You are signed in as student" in each for each in told(answer))


def test_nobody_joins_without_being_asked(river: Provider) -> None:
    browser = InsideBrowser()
    proven = browser.prove(browser.leave(), "s-mira")
    browser.client.force_login(given.account("old"))

    answer = browser.come_back(proven)

    assert Assertion.objects.count() == 0
    assert answer.status_code in {302, 400}


def test_by_a_provider_that_is_off_nobody_signs_in_and_bindings_stay(river: Provider) -> None:
    browser = InsideBrowser()
    proven = browser.prove(browser.leave(), "s-mira")
    InsideBrowser().sign_in("s-mira")
    switch_provider(slug="riveru", is_on=False, by=given.OPERATOR)

    assert browser.come_back(proven).status_code == 404
    assert browser.client.get("/sign-on/riveru/").status_code == 404
    assert Identity.objects.get().account == Account.objects.get()

    switch_provider(slug="riveru", is_on=True, by=given.OPERATOR)
    assert InsideBrowser().sign_in("s-mira")["Location"] == "/dashboard"


def test_a_provider_in_test_mode_shows_what_it_would_bind_and_does_nothing(
    river: Provider,
) -> None:
    set_test_mode(slug="riveru", is_test=True, by=given.OPERATOR)
    browser = InsideBrowser()

    answer = browser.sign_in("s-mira")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<code>rv:0007/ä</code>" in page
    assert "Nobody was signed in" in page
    assert Account.objects.count() == Identity.objects.count() == 0
    assert "_auth_user_id" not in browser.client.session
