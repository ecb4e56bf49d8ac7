"""The OpenAPI document, served."""

import pytest
import yaml

from tests.calling import calling_anonymously
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/schema", "/api/schema/"])
def test_it_is_served_to_everybody_as_yaml(path: str) -> None:
    caller = calling_anonymously()
    answer = caller.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/yaml")
    assert yaml.safe_load(answer.content)["openapi"] == "3.1.0"
    assert caller.get(path, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    assert count_statements(lambda: caller.get(path)) == 0


@pytest.mark.parametrize(
    ("query", "accept"), [("?format=json", "*/*"), ("", "application/json"), ("?format=json", "")]
)
def test_it_is_json_if_that_is_asked_for(query: str, accept: str) -> None:
    answer = calling_anonymously().get(f"/api/schema{query}", HTTP_ACCEPT=accept)
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["info"]["title"] == "Matricula LMS"


def test_it_has_what_is_ours_and_how_to_get_a_token() -> None:
    paths = calling_anonymously().get("/api/schema?format=json").json()["paths"]
    others = {path for path in paths if not path.startswith("/api/enrollment/v2/")}
    assert others == {"/oauth2/access_token"}
    assert "/api/enrollment/v2/programs/{key}/roster" in paths
