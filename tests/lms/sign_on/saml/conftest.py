"""One school for all tests: making keys takes longer than most of them."""

import pytest

from tests.sign_on_with_saml.school import School


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> School:
    return School(tmp_path_factory.mktemp("school"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> School:
    """It says that it is the school, and has other keys."""
    return School(tmp_path_factory.mktemp("stranger"))
