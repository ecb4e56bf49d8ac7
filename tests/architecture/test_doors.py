"""One door per app: its ``api`` module, which re-exports and does nothing else."""

import ast

import grimp
import pytest

from tests.architecture.reading import (
    APPS,
    APPS_WITH_DOORS,
    REACHED,
    SERVICE,
    list_all_models,
    list_python_files,
    parse,
    place,
)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("matricula", cache_dir=None)


@pytest.mark.parametrize("app", APPS_WITH_DOORS)
def test_an_app_is_entered_only_through_its_door(graph: grimp.ImportGraph, app: str) -> None:
    package = f"matricula.{SERVICE.name}.{app}"
    inside = {package, *graph.find_descendants(package)}
    trespasses = [
        f"{importer} imports {imported}"
        for imported in inside - {f"{package}.api"}
        for importer in graph.find_modules_that_directly_import(imported) - inside
    ]
    assert trespasses == []


def test_the_database_server_is_entered_only_through_its_package(graph: grimp.ImportGraph) -> None:
    inside = graph.find_descendants("matricula.postgres")
    trespasses = [
        f"{importer} imports {imported}"
        for imported in inside
        for importer in graph.find_modules_that_directly_import(imported) - inside
        if importer != "matricula.postgres"
    ]
    assert trespasses == []


@pytest.mark.parametrize("app", APPS_WITH_DOORS)
def test_every_app_has_a_door_of_imports_alone(app: str) -> None:
    door = SERVICE / app / "api.py"
    docstring, *body = parse(door).body
    assert isinstance(docstring, ast.Expr)
    *imports, exports = body
    homes = [f"matricula.{SERVICE.name}.{app}."]
    if app == "kernel":  # its words are in part those of every service
        homes.append("matricula.service.")
    strangers = [
        place(door, node)
        for node in imports
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(tuple(homes))
    ]
    assert strangers == []
    assert isinstance(exports, ast.Assign)
    assert [ast.unparse(target) for target in exports.targets] == ["__all__"]


@pytest.mark.parametrize("app", APPS)
def test_every_app_says_what_it_is(app: str) -> None:
    assert ast.get_docstring(parse(SERVICE / app / "__init__.py"))


def test_only_the_owner_of_a_model_queries_it() -> None:
    """``Program.objects`` outside the catalog means that a rule has left its home."""
    owners = {model.__name__: model._meta.app_label for model in list_all_models()}
    strays = [
        f"{place(path, node)} {name}.{node.attr}"
        for path in list_python_files(*REACHED)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager", "_base_manager"}
        and (name := ast.unparse(node.value).split(".")[-1]) in owners
        and not path.is_relative_to(SERVICE / owners[name])
    ]
    assert strays == []


def test_nobody_looks_a_model_up_by_its_name() -> None:
    """It would get around the doors; migrations have no other way."""
    lookups = [
        f"{place(path, node)} {ast.unparse(node.func)}"
        for path in list_python_files(*REACHED)
        if "migrations" not in path.parts
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in {"get_model", "get_user_model"}
    ]
    assert lookups == []
