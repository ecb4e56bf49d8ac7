"""Health, the document, and addresses that are nobody's."""

import pytest

from matricula.registrar.rest import watching
from matricula.service.reaching import DatabaseAway
from tests.registrar.calling import calling_anonymously


@pytest.mark.django_db
def test_health_tells_of_the_database() -> None:
    answer = calling_anonymously().get("/health")
    assert answer.json() == {
        "overall_status": "OK",
        "detailed_status": {"database_status": "OK"},
    }
    assert answer.status_code == 200


def test_without_a_database_it_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def require_nothing() -> None:
        raise DatabaseAway("It is gone.")

    monkeypatch.setattr(watching, "require_database", require_nothing)
    answer = calling_anonymously().get("/health/")
    assert (answer.status_code, answer.json()["overall_status"]) == (503, "UNAVAILABLE")


def test_the_document_is_there_for_everybody() -> None:
    answer = calling_anonymously().get("/api-docs/?format=openapi")
    paths = answer.json()["paths"]
    assert {"/api/v2/programs/", "/api/v2/jobs/{job_id}/", "/api/v3/programs/"} <= set(paths)
    assert not any(path.startswith(("/api/v1/", "/api/internal/")) for path in paths)


def test_an_address_of_nobody_is_not_found() -> None:
    assert calling_anonymously().get("/api/v9/programs/").status_code == 404
