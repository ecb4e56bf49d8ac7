"""What the architecture tests look at: the files, the apps, their order, and the models.

Apps and models are those of the service whose settings the run has.
"""

import ast
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "matricula"
SERVICE = SOURCE / os.environ["DJANGO_SETTINGS_MODULE"].split(".")[1]
OTHERS = {"lms", "registrar"} - {SERVICE.name}
REACHED = [path for path in SOURCE.iterdir() if path.is_dir() and path.name not in OTHERS]
"""The service and what it shares a process with; other services have models of the same names."""
WITHOUT_A_DOOR = {"config", "pages", "rest"}  # nobody calls them; they answer at addresses

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())


def read_layers() -> list[set[str]]:
    """Read the order of the service's apps, highest first, where import-linter reads it."""
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one.get("id") == f"{SERVICE.name}-layers")
    return [set(re.findall(r"\w+", layer)) for layer in layers]


HEIGHT = {app: -level for level, layer in enumerate(read_layers()) for app in layer}
APPS = sorted(path.parent.name for path in SERVICE.glob("*/__init__.py"))
APPS_WITH_DOORS = [app for app in APPS if app not in WITHOUT_A_DOOR]


def is_lower(app: str, than: str) -> bool:
    return HEIGHT[app] < HEIGHT[than]


def list_models(app: str) -> list[type[Model]]:
    return [model for model in list_all_models() if model._meta.app_label == app]


def list_all_models() -> list[type[Model]]:
    """List ours, those that Django makes for many-to-many fields included."""
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in APPS]


def list_python_files(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    where = str(path.relative_to(ROOT))
    return f"{where}:{node.lineno}" if isinstance(node, ast.expr | ast.stmt) else where


def list_texts(tree: ast.Module) -> Iterator[tuple[ast.Constant, str]]:
    """List the string constants with their nodes, docstrings left out."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = "" if node in docstrings else node.value
            yield node, text
