"""The committed OpenAPI document is what the views say."""

from difflib import unified_diff
from typing import Any

import msgspec
import yaml
from drf_spectacular.drainage import GENERATOR_STATS

from matricula.lms.rest.enrollment_v2.schema import YAML, make_document, write_document
from tests.architecture.reading import ROOT

COMMITTED = ROOT / "docs" / "api" / "lms.openapi.yaml"
METHODS = {"get", "post", "put", "patch", "delete"}


def list_operations() -> list[tuple[str, str, dict[str, Any]]]:
    document = yaml.safe_load(write_document(YAML))
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_the_committed_document_is_what_the_views_say() -> None:
    told = write_document(YAML).decode().splitlines()
    kept = COMMITTED.read_text().splitlines() if COMMITTED.exists() else []
    changed = list(unified_diff(kept, told, "docs/api/lms.openapi.yaml", "the views", lineterm=""))
    assert changed[:40] == [], "Run `make docs`, look at what it changed, and commit it."


def test_it_is_made_without_a_guess() -> None:
    GENERATOR_STATS.reset()
    make_document.__wrapped__()
    GENERATOR_STATS.emit_summary()
    assert not GENERATOR_STATS


def test_every_operation_says_what_it_does_and_what_goes_wrong() -> None:
    operations = list_operations()
    assert len(operations) > 20
    for path, method, operation in operations:
        where = f"{method} {path}"
        assert operation["summary"], where
        if path.startswith("/api/enrollment/v2/") and operation.get("security"):
            assert {"401", "429"} <= set(operation["responses"]), where
            assert method == "get" or {"409", "422"} <= set(operation["responses"]), where


def test_every_example_fits_its_schema() -> None:
    components = yaml.safe_load(write_document(YAML))["components"]["schemas"]
    for path, method, operation in list_operations():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            content = body.get("content", {}).get("application/json", {})
            name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            for example in content.get("examples", {}).values():
                if name:
                    missing = set(components[name].get("required", ())) - set(example["value"])
                    unknown = set(example["value"]) - set(components[name]["properties"])
                    assert (missing, unknown) == (set(), set()), f"{method} {path} {name}"


def test_it_is_json_as_well() -> None:
    assert msgspec.json.decode(write_document("application/json")) == yaml.safe_load(
        write_document(YAML)
    )
