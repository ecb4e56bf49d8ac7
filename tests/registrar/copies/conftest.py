"""An LMS in memory that counts what is asked of it."""

import pytest
from pytest_django import Settings

from tests.registrar import given
from tests.registrar.copies.calling_lms import CountingLms


@pytest.fixture
def counting(settings: Settings) -> CountingLms:
    fake = CountingLms(programs=given.catalog())
    settings.REACH_LMS = lambda: fake
    return fake
