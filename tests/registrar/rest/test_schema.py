"""The committed OpenAPI document is what the views say, and people can read it."""

from difflib import unified_diff
from typing import Any

import msgspec
import yaml
from drf_spectacular.drainage import GENERATOR_STATS

from matricula.registrar.rest.schema import YAML, make_document, write_document
from tests.architecture.reading import ROOT
from tests.registrar.calling import calling_anonymously

NAME = "docs/api/registrar.openapi.yaml"
COMMITTED = ROOT / NAME


def list_operations() -> list[tuple[str, dict[str, Any]]]:
    document = yaml.safe_load(write_document(YAML))
    return [
        (f"{method} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def test_the_committed_document_is_what_the_views_say() -> None:
    told = write_document(YAML).decode().splitlines()
    kept = COMMITTED.read_text().splitlines() if COMMITTED.exists() else []
    changed = list(unified_diff(kept, told, NAME, "the views", lineterm=""))
    assert changed[:40] == [], "Run `make docs`, look at what it changed, and commit it."


def test_it_is_made_without_a_guess() -> None:
    GENERATOR_STATS.reset()
    make_document.__wrapped__()
    GENERATOR_STATS.emit_summary()
    assert not GENERATOR_STATS


def test_every_operation_has_a_name_of_its_own_and_says_what_goes_wrong() -> None:
    operations = list_operations()
    assert len(operations) > 25
    names = [operation["operationId"] for _, operation in operations]
    assert len(set(names)) == len(names)
    for where, operation in operations:
        assert operation["summary"], where
        assert {"401", "403", "429", "503"} <= set(operation["responses"]), where
        assert all(parameter.get("schema") for parameter in operation.get("parameters", ())), where


def test_it_is_json_as_well() -> None:
    answer = calling_anonymously().get("/api-docs/?format=openapi")
    assert answer["Content-Type"] == "application/json"
    assert msgspec.json.decode(answer.content) == yaml.safe_load(write_document(YAML))


def test_people_are_shown_a_page_of_it() -> None:
    answer = calling_anonymously().get("/api-docs", headers={"Accept": "text/html,*/*;q=0.8"})
    page = answer.content.decode()
    assert answer["Content-Type"].startswith("text/html")
    for where, operation in list_operations():
        method, _, path = where.partition(" ")
        assert f"<code>{method.upper()} {path}</code></h2>" in page
        assert f'id="{operation["operationId"]}"' in page
    assert "list of ProgramShape" in page
