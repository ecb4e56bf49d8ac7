"""Every word of every page goes through gettext, so that it can be another language's."""

from collections.abc import Callable, Iterator, Mapping

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls.resolvers import URLPattern
from pytest_django import Settings

from matricula.lms_client.api import FakeLms, LmsUnreachable
from matricula.registrar.copies.api import grant_wishes
from matricula.registrar.copies.tasks import OURSELVES
from matricula.registrar.downloads.api import carry_out_download
from matricula.registrar.jobs.api import Job, work_off_job
from matricula.registrar.pages.urls import urlpatterns
from matricula.registrar.partners.api import RoleAssignment
from matricula.registrar.uploads.api import Plan
from tests.registrar import given
from tests.registrar.pages.test_deciding import waiting_plan, waiting_upload
from tests.registrar.uploads.sending import (
    foretold,
    with_grants,
    with_students,
    worked_off,
)
from tests.translating import Reading, translated

pytestmark = pytest.mark.django_db

DATA = (
    *("Matricula Registrar", "Hydrology", "hydrology", "Geology", "geology", "Poetry", "poetry"),
    *("RiverU", "HillU", "HYD-A", "Run", "mira", "dean", "registrar", "Masters"),
    *(f"rv-{number}" for number in range(10)),
    *("They have left <b>", "spring.csv", "students__2031-03-01.csv"),
    *("hydrology-enrollments.csv", "hydrology-course-enrollments.csv"),
    *("hydrology-HYD-A-grades.csv", "Nobody answers at lms.example."),
)
"""What the world is called that the pages are about, and what the LMS says of itself."""
CODES = ("student_key, status", "0xE9", "refused")
"""What files have, and what the LMS of tests says of each row that it refuses."""
PAGE = f"/programs/{given.HYDROLOGY}"
ROLES = tuple(role for role, _ in RoleAssignment._meta.get_field("role").flatchoices)
READ: Mapping[str, str] = {
    "strangers": "home complete_sign_in sign_out",
    "readers": "home program waiting students download reports jobs job counts cancel_job",
    "writers": "upload job apply_plan discard_plan plan_again plan_undo retry_job",
    "deciders": "approvals decide",
    "administrators": "people take_role",
}
"""What pages are called that somebody comes to."""
NO_PAGES = ("sign_in", "corrections", "missing", "upload_template")
"""One leads to the LMS, the others are files."""


@pytest.fixture(autouse=True)
def _abroad() -> Iterator[None]:
    with translated():
        yield


@pytest.fixture
def reader() -> Reading:
    return Reading(known=DATA)


def test_strangers(reader: Reading, settings: Settings) -> None:
    for address in ("/", "/nowhere", "/login/complete", "/login/complete?code=9"):
        reader.get(address)
    settings.LMS_CLIENT_ID = ""
    reader.get("/login")
    reader.force_login(given.account("mira"))
    for address in ("/", "/admin/", "/people", "/jobs", "/approvals", PAGE):
        reader.get(address)
    reader.post("/logout")
    Reading(known=DATA, enforce_csrf_checks=True).post("/logout")
    _require_all_said(reader, "strangers")


def test_readers(reader: Reading, lms: FakeLms, monkeypatch: pytest.MonkeyPatch) -> None:
    with_students(lms, 2)
    with_grants(lms, 1)
    _let_in(reader, "mira", "read_enrollments", "read_reports")
    folder = f"reports_v2/{given.RIVER}/{given.program().uuid.hex}"
    reader.get(f"{PAGE}/reports")
    storages["reports"].save(f"{folder}/students__2031-03-01.csv", ContentFile(b"9"))
    reader.get("/")
    reader.get(PAGE)
    grant_wishes(by=OURSELVES)
    for address in ("", "/waiting", "/students", "/students?key=rv-0", "/students?key=9"):
        reader.get(f"{PAGE}{address}")
    for address in (f"{PAGE}/upload", f"{PAGE}/reports", f"{PAGE}/download", "/", "/?q=9"):
        reader.get(address)
    reader.post(f"{PAGE}/counts", follow=True)
    for what in ("", "program", "all-courses", "grades"):
        said = {"what": what, "course": given.RUN if what == "grades" else ""}
        reader.post(f"{PAGE}/download", said, follow=True)
    for job in Job.objects.all()[1:]:
        work_off_job(uuid=job.uuid, work=carry_out_download, is_stopping=lambda: False)
    for job in Job.objects.all():
        reader.get(f"/jobs/{job.uuid}")
        reader.post(f"/jobs/{job.uuid}/cancel", follow=True)
        reader.post(f"/jobs/{job.uuid}/retry", follow=True)
    for query in ("", "?state=failed", "?kind=plan", f"?program={given.HYDROLOGY}"):
        reader.get(f"/jobs{query}")
    monkeypatch.setattr(lms, "get_digest", _be_away)
    monkeypatch.setattr(lms, "list_program_enrollments", _be_away)
    reader.post(f"{PAGE}/counts")
    grant_wishes(by=OURSELVES)
    for address in ("", "/waiting", "/students?key=rv-0"):
        reader.get(f"{PAGE}{address}")
    _require_all_said(reader, "readers")


def test_writers(lms: FakeLms) -> None:
    reader = Reading(known=(*DATA, *CODES))
    with_students(lms, 4)
    _let_in(reader, "registrar", "read_write_enrollments")
    reader.get(f"{PAGE}/upload")
    header = "student_key,status\n"
    for file in (
        "9\n",
        "",
        "student_key;status\n",
        f'{header}9,"9',
        f"{header}\udce9,9\n",
        "PK\x03\x04",
    ):
        reader.post(f"{PAGE}/upload", {"file": _file(file), "reason": ""})
    reader.post(f"{PAGE}/upload", {})
    reader.post(
        f"{PAGE}/upload",
        {"file": _file(f"{header}rv-0,ended\nrv-9,enrolled\nrv-3,9\n,enrolled\n9,enrolled,9\n")},
    )
    job = Job.objects.latest("pk")
    reader.get(f"/jobs/{job.uuid}")
    foretold(job)
    for query in ("", "?rows=refuse", "?rows=missing", "?key=9", "?key=7&rows=all"):
        reader.get(f"/jobs/{job.uuid}{query}")
    reader.post(f"/jobs/{job.uuid}/apply", follow=True)
    reader.get(f"{PAGE}/upload")
    upload = worked_off(Job.objects.latest("pk"))
    reader.get(f"/jobs/{upload.uuid}")
    reader.get(f"/jobs/{job.uuid}")
    reader.post(f"/jobs/{upload.uuid}/undo", {"reason": ""}, follow=True)
    undo = foretold(Job.objects.latest("pk"))
    for action in ("discard", "apply", "again"):
        reader.post(f"/jobs/{undo.job.uuid}/{action}", follow=True)
    for action in ("cancel", "retry", "apply", "discard"):
        reader.post(f"/jobs/{upload.uuid}/{action}", follow=True)
    reader.get("/jobs")
    reader.get("/")
    _require_all_said(reader, "writers")


@pytest.mark.parametrize("make", [waiting_plan, waiting_upload])
def test_deciders(lms: FakeLms, make: Callable[[FakeLms], Job | Plan]) -> None:
    reader = Reading(known=(*DATA, *CODES))
    made = make(lms)
    job = made.job if isinstance(made, Plan) else made
    for username in ("registrar", "dean"):
        _let_in(reader, username, "read_write_enrollments")
        for address in ("/approvals", f"/approvals/{job.uuid}", f"/jobs/{job.uuid}", "/", PAGE):
            reader.get(address)
        reader.post(f"/jobs/{job.uuid}/apply")
        for decision in ("reject", "9"):
            reader.post(f"/approvals/{job.uuid}", {"decision": decision})
    reader.post(f"/approvals/{job.uuid}", {"decision": "reject", "reason": "9"}, follow=True)
    reader.get(f"/approvals/{job.uuid}")
    reader.get(f"/jobs/{job.uuid}")
    _require_all_said(reader, "deciders")


def test_administrators() -> None:
    reader = Reading(known=(*DATA, *ROLES, "True", "False", "operator:test"))
    _let_in(reader, "dean", "administrator", school=None)
    given.with_role("read_reports", "mira", school=given.RIVER)
    reader.get("/people")
    for place, key, role in (
        ("everywhere", "", "read_reports"),
        ("organization", "9", "read_reports"),
        ("program", "9", "read_reports"),
        ("program", given.HYDROLOGY, "administrator"),
        ("everywhere", "", "9"),
    ):
        for name in ("mira", "9@", ""):
            said = {"name": name, "role": role, "place": place, "key": key}
            reader.post("/people", said, follow=True)
    for each in RoleAssignment.objects.all():
        reader.get(f"/people/{each.pk}/take")
    reader.post(f"/people/{RoleAssignment.objects.latest('pk').pk}/take", follow=True)
    reader.get("/people/999/take")
    reader.get("/admin/")
    for model in ("organization", "program", "roleassignment"):
        listing = f"/admin/partners/{model}/"
        reader.get(listing)
        first = apps.get_model("partners", model).objects.latest("pk")
        reader.get(f"{listing}{first.pk}/change/")
    reader.get("/admin/partners/roleassignment/add/")
    for role in ("", "administrator"):
        said = {"name": "9@", "role": role, "organization": "9", "program": "9"}
        reader.post("/admin/partners/roleassignment/add/", said)
    _require_all_said(reader, "administrators")


def test_no_page_is_forgotten() -> None:
    named = {str(each.name) for each in urlpatterns if isinstance(each, URLPattern)}
    read = {name for names in READ.values() for name in names.split()}
    assert named - read == set(NO_PAGES)


def _let_in(reader: Reading, username: str, *roles: str, school: str | None = given.RIVER) -> None:
    given.remembered()
    for role in roles:
        given.with_role(role, username, school=school)
    reader.force_login(given.account(username))


def _file(content: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("spring.csv", content.encode(errors="surrogateescape"))


def _be_away(*_: object, **__: object) -> None:
    raise LmsUnreachable("Nobody answers at lms.example.")


def _require_all_said(reader: Reading, who: str) -> None:
    assert reader.left == {}
    assert set(READ[who].split()) <= reader.places
