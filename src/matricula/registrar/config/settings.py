"""Settings of the Registrar, fed by the environment; what is unset is safe."""

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import lazy

from matricula import postgres
from matricula.lms_client.api import Lms
from matricula.registrar.config.storing import configure_storage
from matricula.service.environment import read_list, read_number, read_text
from matricula.service.logs import configure_logs
from matricula.service.secrets import find_secret, read_secret

# Lazy: a command that needs no secret makes none, and misses none.
SECRET_KEY = lazy(read_secret, str)("REGISTRAR_SECRET_KEY")

REGISTRAR_URL = read_text("REGISTRAR_URL", default="http://127.0.0.1:8001").rstrip("/")
"""Where people and schools' systems reach the Registrar; links in its answers begin with it."""
IS_SECURE = REGISTRAR_URL.startswith("https://")
PROXIES = read_number("REGISTRAR_PROXIES", default=0)
"""How many proxies of ours stand in front; only they are believed where a request comes from."""

# The LMS
LMS_URL = (
    os.environ.get("LMS_URL", "").strip() or read_text("LMS_URL", default="http://127.0.0.1:8000")
).rstrip("/")
"""Where the Registrar calls the LMS."""
LMS_CLIENT_ID = lazy(find_secret, str)("LMS_CLIENT_ID")
LMS_CLIENT_SECRET = lazy(find_secret, str)("LMS_CLIENT_SECRET")
LMS_PUBLIC_URL = read_text("LMS_URL", default=LMS_URL).rstrip("/")
"""Where people reach the LMS; also who issues its tokens."""
TOKEN_AUDIENCE = read_text("TOKEN_AUDIENCE", default="matricula")
KEY_HOURS = read_number("REGISTRAR_KEY_HOURS", default=24)
"""So long the LMS's public keys are taken for its own while it cannot be asked for them."""
TOKEN_COOKIE_NAMES = ("edx-jwt-cookie-header-payload", "edx-jwt-cookie-signature")
REACH_LMS: Callable[[], Lms] | None = None
"""A function that returns another LMS than the one at ``LMS_URL``, for tests."""

DEBUG = False
ALLOWED_HOSTS = read_list(
    "REGISTRAR_ALLOWED_HOSTS",
    default=["127.0.0.1", "localhost", "[::1]", urlsplit(REGISTRAR_URL).hostname or ""],
)
ROOT_URLCONF = "matricula.registrar.config.urls"
WSGI_APPLICATION = "matricula.registrar.config.wsgi.application"
APPEND_SLASH = False  # each address takes one or not

INSTALLED_APPS = [
    "matricula.service.looks",  # before the admin: it says what that looks like
    "matricula.registrar.pages.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",  # its script alone, which pages with live parts load
    "corsheaders",
    "drf_spectacular",
    "procrastinate.contrib.django",
    "rest_framework",
    "matricula.service.rate_limits",
    "matricula.registrar.accounts",
    "matricula.registrar.partners",
    "matricula.registrar.catalog",
    "matricula.registrar.copies",
    "matricula.registrar.files",
    "matricula.registrar.jobs",
    "matricula.registrar.uploads",
    "matricula.registrar.downloads",
    "matricula.registrar.pages",
]
if find_spec("django_linear_migrations"):  # a tool of development; users do not have it
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "matricula.service.tracing.trace_requests",
    "matricula.service.shielding.shield_pages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",  # refuses hosts that are not ours
    "matricula.service.joining.join_token_cookies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "matricula.service.looks.zoning.tell_time_of_reader",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = True  # from where they are: there is no step that collects them

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["matricula.registrar.accounts.sessions.Sessions"]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"

DATABASES: dict[str, dict[str, Any]] = {
    "default": {**postgres.configured_database(postgres.Database.REGISTRAR), "CONN_MAX_AGE": 60}
}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

# Browsers. Cookies know no ports: each service on a host needs names of its own.
FRONT_END_ORIGINS = [each.rstrip("/") for each in read_list("FRONT_END_ORIGINS", default=[])]
"""Where front ends on other hosts are served from, such as ``https://console.example.org``."""
CORS_ALLOWED_ORIGINS = FRONT_END_ORIGINS
CSRF_TRUSTED_ORIGINS = [*FRONT_END_ORIGINS, "/".join(REGISTRAR_URL.split("/")[:3])]
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "use-jwt-cookie",
    "x-csrftoken",
    "x-request-id",
    "x-requested-with",
]
CORS_EXPOSE_HEADERS = ["Age", "Content-Disposition", "Retry-After", "X-Request-ID"]
SESSION_COOKIE_NAME = "registrar_sessionid"
SESSION_COOKIE_AGE = 3600
"""As long as a token: whose account is closed at the LMS is out here within the hour."""
CSRF_COOKIE_NAME = "registrar_csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "matricula.registrar.pages.signing_in.answer_forgery"
X_FRAME_OPTIONS = "DENY"
FORM_TARGETS: list[str] = []
"""Where forms may lead besides our own pages (see ``service.shielding``)."""
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for all of a domain's hosts is for its owner to say,
    "security.W021",  # and so is to have browsers know of it beforehand
    "security.W008",  # the proxy that speaks https sends people there
]

# Partners
TYPES_WITHOUT_ROSTERS = read_list(
    "REGISTRAR_TYPES_WITHOUT_ROSTERS",
    default=["MicroMasters", "MicroBachelors", "Professional Certificate", "XSeries"],
)
"""Programs of these types are not enrolled in by schools; a program of no known type is."""

# Copies of what the LMS holds, to compare files with
COPY_ROWS = read_number("REGISTRAR_COPY_ROWS", default=2_000_000)
"""So many rows all copies may have together; a program with more is not copied."""
COPY_DAYS = read_number("REGISTRAR_COPY_DAYS", default=30)
"""A copy that was not used for so long is forgotten."""

# REST
RATE_PER_MINUTE = read_number("REGISTRAR_RATE_PER_MINUTE", default=600)
"""Requests an account may make a minute; the platform's staff may make any number."""
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # each view says its own, by its base class
    "DEFAULT_PERMISSION_CLASSES": [],  # permission is asked in the operation
    "DEFAULT_RENDERER_CLASSES": ["matricula.service.rendering.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["matricula.service.parsing.JsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "matricula.service.rendering.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "matricula.registrar.rest.describing.DescribedSchema",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Matricula Registrar",
    "VERSION": "2",
    "DESCRIPTION": "Schools send their enrollments here, and fetch them. All of version 2 is "
    "there as version 1 too; a slash at the end of an address makes no difference.",
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v[23]",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "OAS_VERSION": "3.1.0",
    "PREPROCESSING_HOOKS": ["matricula.registrar.rest.schema.keep_documented"],
}
# Bodies are read by our own parsers, each with a limit of its own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

# Uploads
LMS_API = read_text("REGISTRAR_LMS_API", default="v2")
"""``v1`` for an LMS that has edX's API alone: uploads are sent in calls of 25 rows."""
UPLOAD_BYTES = read_number("REGISTRAR_UPLOAD_BYTES", default=100 * 2**20)
"""The largest file that is taken."""
COURSE_STAFF = read_text("REGISTRAR_COURSE_STAFF", default="no").lower() in {"yes", "true", "1"}
"""Whether schools may say who is staff in a course run, and are told."""
APPROVAL_SHARE = read_number("REGISTRAR_APPROVAL_SHARE", default=20)
"""An upload that would change more than so many percent of a program needs a second person."""
APPROVAL_ROWS = read_number("REGISTRAR_APPROVAL_ROWS", default=10)
"""But none that would change fewer rows."""
LMS_PATIENCE_MINUTES = read_number("REGISTRAR_LMS_PATIENCE", default=30)
"""So long a job is tried while the LMS cannot be had, before it has failed."""
FILE_UPLOAD_HANDLERS = ["matricula.registrar.rest.limiting.BoundedFileHandler"]

# Downloads
NAMES_IN_DOWNLOADS = read_text("REGISTRAR_NAMES_IN_DOWNLOADS", default="no").lower() in {
    "yes",
    "true",
    "1",
}
"""Whether schools are told the usernames and addresses of their students' accounts."""

# Files of jobs: nobody but the Registrar reaches them
STORAGES = {
    "default": configure_storage(
        read_text("REGISTRAR_FILES", default=""), folder=postgres.home() / "registrar" / "files"
    ),
    "reports": configure_storage(
        read_text("REGISTRAR_REPORTS", default=""),
        folder=postgres.home() / "registrar" / "reports",
    ),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_DAYS = read_number("REGISTRAR_FILE_DAYS", default=30)
"""So long files are kept."""
REPORTS_FOLDER = read_text("REGISTRAR_REPORTS_FOLDER", default="reports_v2")
"""The folder of the reports' storage below which each school's are."""
LINK_HOURS = read_number("REGISTRAR_LINK_HOURS", default=24)
"""So long a link to a file is good; each look at its job gives a new one."""

# The queue
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
WORKER_TIMEOUT = read_number("WORKER_TIMEOUT", default=30)
"""Seconds without a sign of life after which a worker's jobs are given to others."""
WORKER_STOP_SECONDS = read_number("WORKER_STOP_SECONDS", default=20)
"""Seconds that a worker which is told to stop has for what it is at."""

LOGGING_CONFIG = None
configure_logs(as_json=read_text("LOG_FORMAT", default="json") == "json")
