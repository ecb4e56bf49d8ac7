"""Every word of every page and mail goes through gettext, so that it can be another language's."""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

import pytest
from django.contrib.admin import site
from django.core.mail import EmailMessage
from pytest_django.fixtures import Settings

from matricula.lms.accounts.api import Account
from matricula.lms.addresses.api import post_mail
from matricula.lms.catalog.api import get_program
from matricula.lms.clients.api import create_client
from matricula.lms.identities.api import email_address, list_conflicts
from matricula.lms.integrity.tasks import check_daily
from matricula.lms.pages.urls import urlpatterns as of_pages
from matricula.lms.sign_on.urls import urlpatterns as of_sign_on
from matricula.service.mailing import MailServer
from tests import given
from tests.browsing import PASSWORD, hidden_fields, last_link, register, send_form, sign_in
from tests.lms.kernel.seeing import run
from tests.signing_on import come_by, provider
from tests.translating import Reading, translated

pytestmark = pytest.mark.django_db

DATA = (
    *(
        "Matricula",
        "RiverU University",
        "RiverU sign-in",
        "RiverU",
        "RiverU+HYD1",
        "RiverU+HYD2",
        "RiverU+OWN",
    ),
    *("Hydrology", "hydrology", "Geology", "geology", "riveru"),
    *("Mira Sand", "mira", "noah", "olga", "sita", "rv-1", "rv-2", "rv-3", "rv-9"),
    *("tester", "test"),  # who has made the world, and through what
)
"""What the world is called that the pages are about."""
CODES = (
    *("identity", "program_enrollment", "course_enrollment", "course_role", "masters", "active"),
    *("operator:tester", "sign-on:mail", "sign-on:riveru", "sign-on", "client-9"),
    *("True", "False"),  # what Django's own signs say to who does not see them
)
"""What the administration shows as it is kept."""
RUN, SECOND = "course-v1:RiverU+HYD1+2031_T1", "course-v1:RiverU+HYD2+2031_T1"
OWN, OTHER = "organization=RiverU&key=rv-1", "organization=RiverU&key=rv-3"
OF_SUPPORT = (
    *("/support", "/support?q=mira&all=yes", "/support?q=9&all=yes", "/support?q=Hydrology"),
    *("/support/waiting-in?title=Hydrology", "/support/conflicts", "/support/masquerade"),
    *("/support/waiting/RiverU/rv-3", f"/support/waiting?{OTHER}", f"/support/history?{OTHER}"),
    *(f"/support/learners/mira?course_run={quote(each)}" for each in (RUN, SECOND, "9")),
    *("/support/learners/noah", "/support/history?username=mira", "/support/link"),
    *(f"/support/link?{OWN}&username=noah", f"/support/link?{OTHER}&username=mira"),
    *("/support/link?address=9&username=mira", "/support/link?key=9&username=mira"),
    *(f"/support/unlink?{OWN}", f"/support/withdraw?{OTHER}", "/support/merge"),
    *("/support/merge?source=mira&into=mira", "/support/merge?source=mira&into=9"),
    *("/support/merge?source=mira&into=noah", "/support/retire?username=mira"),
)
DEEDS: Mapping[str, Mapping[str, str]] = {
    f"/support/link?{OTHER}&username=mira": {},
    f"/support/unlink?{OTHER}": {},
    f"/support/withdraw?{OTHER}": {},
    "/support/merge?source=noah&into=mira": {},
    "/support/retire?username=mira": {"typed": "9"},
}
"""Pages of support whose forms are sent, and what is filled in besides a reason."""
READ: Mapping[str, str] = {
    "strangers": "account_email_verification_sent account_inactive account_login account_logout"
    " account_reset_password account_reset_password_done account_reset_password_from_key authorize"
    " closed home sign_on_callback socialaccount_login_cancelled socialaccount_login_error",
    "learner": "close_account course dashboard find_course history own_data program sessions"
    " socialaccount_connections",
    "learner with a password": "account_change_password account_confirm_email account_email"
    " account_reauthenticate account_reset_password_from_key_done account_signup sign_on",
    "learner without a password": "account_set_password",
    "support": "begin_looking stop_looking support support_conflict support_conflicts"
    " support_history support_learner support_link support_merge support_retire support_unlink"
    " support_waiting support_waiting_in support_waiting_student support_withdraw",
    "operators": "support_operating support_send_again",
}
"""What pages are called that somebody comes to."""
NO_PAGES = (
    *("download_data", "sign_on_metadata"),  # files
    *("sign_on_acs", "sign_on_finish"),  # lead on, or to a page that others lead to
    "socialaccount_signup",  # leads to signing in
)
FAULTS = {"password1": "password", "email": "mira", "username": "mi ra"}


@pytest.fixture(autouse=True)
def _abroad(settings: Settings) -> Iterator[None]:
    quick = "django.contrib.auth.hashers.MD5PasswordHasher"
    settings.PASSWORD_HASHERS = [quick, *settings.PASSWORD_HASHERS]
    with translated():
        yield


@pytest.fixture
def reader() -> Reading:
    return Reading(known=DATA)


@pytest.fixture
def mira() -> Account:
    """She is in one program, and in every state that a course may have."""
    runs = [given.course_run(), given.course_run("HYD2")]
    made = given.account("mira", email="mira@river.example")
    program = given.program(runs=runs)
    given.enrolled("rv-1", program=program)
    for each in runs:
        given.on_course("rv-1", program=program, run=each)
    given.on_course("rv-1", program=program, run=runs[1], status="inactive")
    given.granted(email_address("mira@river.example"), run=given.course_run("OWN"))
    given.enrolled("rv-1", program=given.program("geology"), status="suspended")
    come_by(provider(), key="rv-1", joining=made)
    given.bound(email_address("mira@river.example"), made)
    return made


def test_strangers(reader: Reading, settings: Settings) -> None:
    provider()
    pages = "/ /login /register /reset /reset/sent /reset/done /verify /inactive /goodbye /nowhere"
    others = "/sign-on/canceled /sign-on/error /reset/1-x /sign-on/riveru/callback/ /logout"
    for address in (*pages.split(), *others.split(), "/oauth2/authorize?client_id=x"):
        reader.get(address)
    sign_in(reader)
    register(reader, **FAULTS)
    register(reader, name="Mira\x07Sand")
    send_form(reader, "/reset", email="x")
    settings.TRIES_PER_MINUTE = 0
    sign_in(reader)
    send_form(Reading(known=DATA, enforce_csrf_checks=True), "/reset", to="/login")
    _require_all_said(reader, "strangers")


def test_a_learner(reader: Reading, mira: Account) -> None:
    reader.force_login(given.account("noah"))
    reader.get("/dashboard")
    reader.force_login(mira)
    program = get_program(key="hydrology")
    pages = "/dashboard /dashboard/history /dashboard/courses /dashboard/courses/9 /account/data"
    for address in (*pages.split(), f"/dashboard/programs/{program.uuid}", "/account/password"):
        reader.get(address)
    for key in (RUN, SECOND, "course-v1:RiverU+OWN+2031_T1"):
        reader.get(f"/dashboard/courses/{key}")
    for address in ("/account/sessions", "/account/schools", "/account/addresses"):
        reader.get(address)
        reader.post(address, {"session": "0", "slug": "riveru", "action_add": "", "email": "x"})
    reader.post("/account/sessions", {"others": ""}, follow=True)
    reader.get("/account/close")
    reader.post("/account/close", {"username": "x"})
    _require_all_said(reader, "learner")


def test_a_learner_without_a_password(reader: Reading, mira: Account) -> None:
    reader.force_login(mira)
    reader.get("/account/password/first")
    for new in ("password", "a new one, 9"):
        reader.post("/account/password/first", {"password1": new, "password2": new}, follow=True)
    _require_all_said(reader, "learner without a password")


def test_a_learner_with_a_password(reader: Reading) -> None:
    register(reader)
    link = last_link(to="mira@example.org")
    sign_in(Reading(known=DATA))
    reader.get("/account/sessions")
    for address in ("/dashboard", "/account/addresses", "/account/schools", "/sign-on/riveru/"):
        reader.get(address, follow=True)
    for said in ({"action_add": "", "email": "x"}, {"action_send": ""}, {"action_primary": ""}):
        reader.post("/account/addresses", {"email": "mira@example.org", **said}, follow=True)
    reader.post("/account/addresses", {"action_add": "", "email": "two@example.org"}, follow=True)
    for said in ({"action_primary": ""}, {"action_remove": ""}):
        reader.post("/account/addresses", {"email": "two@example.org", **said}, follow=True)
    reader.get(link)
    reader.post(link, follow=True)
    for new in ("password", "a new one, 9"):
        said = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        reader.post("/account/password", said, follow=True)
    reader.post("/account/password", {"oldpassword": "x", "password1": "y", "password2": "z"})
    reader.post("/account/close", {"username": "x", "password": "y"})
    reader.get("/account/again")
    reader.post("/logout", follow=True)
    for email in ("mira@example.org", "nobody@example.org"):
        send_form(reader, "/reset", email=email)
    page = reader.get(last_link(to="mira@example.org"), follow=True)
    address = page.redirect_chain[-1][0]
    for new in ("password", "another, 9"):
        reader.post(address, {"password1": new, "password2": new}, follow=True)
    register(Reading(known=DATA), "noah", email="mira@example.org")
    _require_all_said(reader, "learner with a password")


def test_support(reader: Reading, mira: Account) -> None:
    given.enrolled("rv-2", "rv-3", program=get_program(key="hydrology"))
    given.bound("rv-1", given.account("noah"))
    given.bound("rv-2", mira)
    given.on_course("rv-1", program=get_program(key="hydrology"), run=given.course_run())
    conflict = f"/support/conflicts/{list_conflicts(by=given.OPERATOR)[0].id}"
    reader.force_login(_staff("support", "write"))
    for address in (*OF_SUPPORT, conflict):
        reader.get(address)
    for said in ({"decision": "9", "reason": "9"}, {"decision": "move"}, {"holder": "noah"}):
        reader.post(conflict, {"holder": "mira", **said})
    reader.post(conflict, {"holder": "mira", "decision": "move", "reason": "9"}, follow=True)
    for username, reason in (("9", "9"), ("mira", ""), ("sita", "9")):
        reader.post("/support/masquerade", {"username": username, "reason": reason})
    for address, more in DEEDS.items():
        hidden = hidden_fields(reader.get(address).content.decode())
        reader.post(address.partition("?")[0], {**hidden, **more, "reason": "9"}, follow=True)
    reader.get("/support/history?username=mira")
    reader.post("/support/masquerade", {"username": "mira", "reason": "9"}, follow=True)
    for address in ("/dashboard", "/account/addresses", "/account/data", "/account/password"):
        reader.get(address)
    reader.post("/support/masquerade/stop", follow=True)
    _require_all_said(reader, "support")


def test_operators(settings: Settings, mira: Account) -> None:
    reader = Reading(known=(*DATA, "worker", "river.example"))
    settings.SMTP = MailServer(host="127.0.0.1", port=1)
    post_mail(message=EmailMessage("9", "9", to=[mira.email]), at=given.NOW)
    create_client(name="9", roles=["read"], organization_id=None, by=given.OPERATOR, at=given.NOW)
    reader.force_login(_staff("operator", "sign-on"))
    reader.get("/support/operating")
    run("INSERT INTO procrastinate_workers DEFAULT VALUES")
    run("UPDATE procrastinate_jobs SET status = 'failed'")
    check_daily(timestamp=0)
    reader.get("/support/operating")
    reader.post("/support/operating/mail", follow=True)
    reader.post("/support/operating/mail", follow=True)
    _require_all_said(reader, "operators")


@pytest.mark.usefixtures("mira")
def test_administrators() -> None:
    reader = Reading(known=(*DATA, *CODES))
    create_client(name="9", roles=["read"], organization_id=None, by=given.OPERATOR, at=given.NOW)
    reader.force_login(_staff("operator", "sign-on"))
    reader.get("/admin/")
    for model, admin in site._registry.items():
        listing = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        reader.get(listing)
        if first := model._default_manager.order_by("pk").last():
            reader.get(f"{listing}{first.pk}/change/")
        if admin.has_add_permission(reader.get(listing).wsgi_request):
            reader.get(f"{listing}add/")
            reader.post(f"{listing}add/", {})
    _require_all_said(reader, "administrators")


def _staff(*roles: str) -> Account:
    made = given.account("sita")
    Account.objects.filter(pk=made.pk).update(is_staff=True)
    for role in roles:
        given.with_role(role, made, school_key=None)
    return Account.objects.get(pk=made.pk)


def _require_all_said(reader: Reading, who: str) -> None:
    reader.read_mail()
    assert reader.left == {}
    assert set(READ.get(who, "").split()) <= reader.places


def test_no_page_is_forgotten() -> None:
    named = {str(each.name) for each in (*of_pages, *of_sign_on)}
    read = {name for names in READ.values() for name in names.split()}
    assert named - read == set(NO_PAGES)
