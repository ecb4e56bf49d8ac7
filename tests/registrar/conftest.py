"""Tests of the Registrar: a service of its own, and so a run of its own.

``pytest --ds=matricula.registrar.config.settings tests/registrar``
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from matricula import postgres
from matricula.lms_client.api import FakeLms
from matricula.registrar.config.storing import configure_storage
from tests.registrar import given, publishing

IS_ITS_OWN_RUN = ".registrar." in os.environ["DJANGO_SETTINGS_MODULE"]
collect_ignore_glob = [] if IS_ITS_OWN_RUN else ["*"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    postgres.database_url(postgres.Database.REGISTRAR)


@pytest.fixture(scope="session")
def key_server() -> Iterator[str]:
    with publishing.serving_keys() as address:
        yield address


@pytest.fixture(autouse=True)
def lms(settings: Settings, key_server: str) -> FakeLms:
    """An LMS in memory, whose keys are published at an address."""
    fake = FakeLms(programs=given.catalog())
    settings.LMS_URL = settings.LMS_PUBLIC_URL = key_server
    settings.REACH_LMS = lambda: fake
    return fake


@pytest.fixture(autouse=True)
def _files_of_a_test_alone(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": configure_storage("", folder=tmp_path / "files"),
        "reports": configure_storage("", folder=tmp_path / "reports"),
    }
