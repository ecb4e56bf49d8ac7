"""A double click, at two processes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from matricula.lms_client.api import FakeLms
from matricula.registrar.uploads.api import Upload, apply_plan
from tests.registrar import given
from tests.registrar.uploads.sending import now
from tests.registrar.uploads.test_applying import a_plan

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4
PATIENCE = 30.0


def test_it_is_applied_once(lms: FakeLms) -> None:
    plan, by = a_plan(lms), given.actor()
    start = Barrier(AT_ONCE)

    def click(_: int) -> UUID:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE)
            return apply_plan(uuid=plan.job.uuid, by=by, at=now()).uuid
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = set(pool.map(click, range(AT_ONCE)))
    assert found == {Upload.objects.select_related("job").get().job.uuid}
