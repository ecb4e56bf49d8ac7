"""What a list of many programs costs: ``python -m bench.listing``, in the Registrar's settings."""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402  Django's models need it set up
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.measuring import time  # noqa: E402
from tests.registrar import given  # noqa: E402
from tests.registrar.calling import calling_with  # noqa: E402
from tests.registrar.publishing import serving_keys  # noqa: E402

PROGRAMS = 1_000
ADDRESS = "/api/v1/programs/"


def main() -> int:
    """List them as somebody who is known, on a warm catalog, and print what it took."""
    settings.ALLOWED_HOSTS = ["testserver"]
    calls: list[str] = []
    with serving_keys() as address:
        settings.LMS_URL = settings.LMS_PUBLIC_URL = address
        settings.REACH_LMS = lambda: calls.append("asked")
        caller = calling_with("read_metadata")
        given.remembered([given.catalog_program(f"program-{n}") for n in range(PROGRAMS)])
        listed = caller.get(ADDRESS).json()
        with CaptureQueriesContext(connection) as queries:
            seconds = time(lambda: caller.get(ADDRESS))
    told = {"programs": len(listed), "queries": len(queries), "calls": len(calls)}
    sys.stdout.write(json.dumps({**told, "seconds": seconds}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
