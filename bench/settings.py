"""The LMS's settings, with the addresses of what it is compared with beside its own."""

from matricula.lms.config.settings import *  # noqa: F403  all of them

ROOT_URLCONF = "bench.addresses"
