"""What import contracts cannot see: foreign keys and SQL point downwards as well."""

import re

import pytest

from tests.architecture.reading import (
    APPS,
    HEIGHT,
    SERVICE,
    is_lower,
    list_all_models,
    list_models,
    list_python_files,
    list_texts,
    parse,
    place,
)


def test_every_app_has_its_place_in_the_order() -> None:
    assert set(APPS) <= set(HEIGHT)


@pytest.mark.parametrize("app", APPS)
def test_foreign_keys_point_downwards(app: str) -> None:
    """A string reference ("catalog.Program") is no import, so no contract sees it."""
    relations = [
        (field, field.related_model._meta.app_label)
        for model in list_models(app)
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.related_model
    ]
    others = {other for other in APPS if other != app and not is_lower(other, than=app)}
    climbs = [f"{field} points to {target}" for field, target in relations if target in others]
    assert climbs == []


@pytest.mark.parametrize("app", APPS)
def test_sql_names_only_tables_of_its_own_app_and_of_lower_ones(app: str) -> None:
    owners = {model._meta.db_table: model._meta.app_label for model in list_all_models()}
    allowed = {app, *(other for other in APPS if is_lower(other, than=app))}
    forbidden = [table for table, owner in owners.items() if owner not in allowed]
    # A table's name, with nothing forbidden an empty class that matches no character.
    names = "|".join(map(re.escape, forbidden)) or r"[^\s\S]"
    naming = re.compile(
        rf'\b(?:from|join|into|update|using|truncate)\s+"?({names})\b', re.IGNORECASE
    )
    climbs = [
        f"{place(path, node)} names {table}, a table of {owners[table.lower()]}"
        for path in list_python_files(SERVICE / app)
        for node, text in list_texts(parse(path))
        for table in naming.findall(text)
    ]
    climbs += [
        f"{place(path)} names {table}, a table of {owners[table.lower()]}"
        for path in (SERVICE / app).rglob("*.sql")
        for table in naming.findall(path.read_text())
    ]
    assert climbs == []


def test_the_kernel_has_no_models() -> None:
    """It may use the connection; a model in it would be everybody's."""
    assert list_models("kernel") == []
    imports = re.compile(
        r"^\s*(from|import) django\.(apps|contrib|db\.models|db import.*models)", re.MULTILINE
    )
    files = list_python_files(SERVICE / "kernel")
    assert files
    assert [place(path) for path in files if imports.search(path.read_text())] == []
