"""A token that was asked for reading alone changes nothing, whatever its client's roles say."""

import pytest
from rest_framework.test import APIClient

from tests import given
from tests.lms.rest.tokens.asking import a_client, ask, form_of

pytestmark = pytest.mark.django_db

ROSTER = "/api/enrollment/v2/programs/hydrology/roster"
ROWS = [{"student_key": "rv-1", "status": "enrolled"}]


def calling(kind: str, scope: str | None) -> APIClient:
    form = form_of(a_client(), token_type=kind, scope=scope)
    caller = APIClient()
    scheme = "JWT" if kind == "jwt" else "Bearer"
    caller.credentials(HTTP_AUTHORIZATION=f"{scheme} {ask(form).json()['access_token']}")
    return caller


@pytest.mark.parametrize("kind", ["jwt", "bearer"])
@pytest.mark.parametrize(
    ("scope", "status"), [(None, 200), ("write", 200), ("read write", 200), ("read", 403)]
)
def test_a_token_writes_if_its_scope_says_so(kind: str, scope: str | None, status: int) -> None:
    given.program()
    caller = calling(kind, scope)
    answer = caller.post(ROSTER, ROWS, format="json")
    assert answer.status_code == status, answer.content
    stored = caller.get("/api/enrollment/v2/program-enrollments?program=hydrology").json()
    assert len(stored["results"]) == (1 if status == 200 else 0)
