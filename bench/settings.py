"""The LMS's settings, with the addresses of what it is compared with beside its own."""

from matricula.lms.config.settings import *  # noqa: F403  all of them

MIDDLEWARE = [*MIDDLEWARE, "simple_history.middleware.HistoryRequestMiddleware"]  # noqa: F405  as above
INSTALLED_APPS = [*INSTALLED_APPS, "simple_history", "bench"]  # noqa: F405  as above
ROOT_URLCONF = "bench.addresses"
