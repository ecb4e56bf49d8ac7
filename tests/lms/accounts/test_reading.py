import pytest

from matricula.lms.accounts.api import map_account_ids
from tests import given

pytestmark = pytest.mark.django_db


def test_account_ids_are_found_by_usernames_in_any_letter_case() -> None:
    mira = given.account("Mira")
    assert map_account_ids(usernames=["mIRA", "nobody"]) == {"mIRA": mira.pk}
