"""Settings of the LMS, fed by the environment; what is unset is safe."""

import os
from importlib.util import find_spec

from django.utils.functional import lazy

from matricula import postgres
from matricula.lms.config.secrets import read_secret, read_shared_secret

# Lazy: a command that needs no secret makes none, and misses none.
SECRET_KEY = lazy(read_secret, str)("SECRET_KEY")
RETIREMENT_KEY = lazy(read_shared_secret, str)("RETIREMENT_KEY")
"""Keys the hashes that stand in for retired people's names. Never change it: the same name would
then be retired as another."""

DEBUG = False
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "pgtrigger",
    "matricula.lms.ledger",
    "matricula.lms.organizations",
    "matricula.lms.accounts",
    "matricula.lms.catalog",
    "matricula.lms.access",
    "matricula.lms.identities",
    "matricula.lms.program_enrollments",
    "matricula.lms.course_enrollments",
    "matricula.lms.grades",
]
if find_spec("django_linear_migrations"):  # a tool of development; users do not have it
    INSTALLED_APPS.append("django_linear_migrations")

AUTH_USER_MODEL = "accounts.Account"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

DATABASES = {"default": postgres.configured_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
