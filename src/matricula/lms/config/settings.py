"""Settings of the LMS, fed by the environment; what is unset is safe."""

from datetime import timedelta
from importlib.util import find_spec
from urllib.parse import urlsplit

from django.utils.functional import lazy

from matricula import postgres
from matricula.lms.config.environment import read_list, read_text
from matricula.lms.config.logs import configure_logs
from matricula.lms.config.secrets import read_secret, read_shared_secret

# Lazy: a command that needs no secret makes none, and misses none.
SECRET_KEY = lazy(read_secret, str)("SECRET_KEY")
RETIREMENT_KEY = lazy(read_shared_secret, str)("RETIREMENT_KEY")
"""Keys the hashes that stand in for retired people's names. Never change it: the same name would
then be retired as another."""

LMS_URL = read_text("LMS_URL", default="http://127.0.0.1:8000").rstrip("/")
"""Where people and clients reach the LMS; also who issues its tokens."""
IS_SECURE = LMS_URL.startswith("https://")

DEBUG = False
ALLOWED_HOSTS = read_list(
    "ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", urlsplit(LMS_URL).hostname or ""]
)
ROOT_URLCONF = "matricula.lms.config.urls"
WSGI_APPLICATION = "matricula.lms.config.wsgi.application"
APPEND_SLASH = False  # each address says itself whether it takes one

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "corsheaders",
    "drf_spectacular",
    "oauth2_provider",
    "pgtrigger",
    "procrastinate.contrib.django",
    "rest_framework",
    "matricula.lms.ledger",
    "matricula.lms.organizations",
    "matricula.lms.accounts",
    "matricula.lms.catalog",
    "matricula.lms.access",
    "matricula.lms.clients",
    "matricula.lms.kept_answers",
    "matricula.lms.rate_limits",
    "matricula.lms.identities",
    "matricula.lms.program_enrollments",
    "matricula.lms.course_enrollments",
    "matricula.lms.grades",
    "matricula.lms.pages",
]
if find_spec("django_linear_migrations"):  # a tool of development; users do not have it
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "matricula.lms.rest.tracing.trace_requests",
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "matricula.lms.rest.joining.join_token_cookies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
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
            ]
        },
    }
]

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
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login"

DATABASES = {"default": {**postgres.configured_database(), "CONN_MAX_AGE": 60}}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

# Browsers. Cookies know no ports: each service on a host needs names of its own.
FRONT_END_ORIGINS = read_list("FRONT_END_ORIGINS", default=[])
"""Where front ends on other hosts are served from, such as ``https://portal.example.org``."""
CORS_ALLOWED_ORIGINS = CSRF_TRUSTED_ORIGINS = FRONT_END_ORIGINS
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-none-match",
    "use-jwt-cookie",
    "x-csrftoken",
    "x-request-id",
    "x-requested-with",
]
CORS_EXPOSE_HEADERS = ["ETag", "Link", "Location", "Retry-After", "X-Request-ID"]
COOKIE_DOMAIN = read_text("COOKIE_DOMAIN", default="") or None
SESSION_COOKIE_DOMAIN = CSRF_COOKIE_DOMAIN = COOKIE_DOMAIN
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Tokens
TOKEN_AUDIENCE = read_text("TOKEN_AUDIENCE", default="matricula")
TOKEN_LIFETIME = timedelta(hours=1)
TOKEN_COOKIE_NAMES = ("edx-jwt-cookie-header-payload", "edx-jwt-cookie-signature")
OAUTH2_PROVIDER_APPLICATION_MODEL = "clients.Client"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_GENERATOR": "matricula.lms.clients.signing.make_token",
    "ACCESS_TOKEN_EXPIRE_SECONDS": int(TOKEN_LIFETIME.total_seconds()),
    "SCOPES": {"read": "Read what the roles of the caller let it read", "write": "Change it"},
    **dict.fromkeys(
        (
            "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT",
            "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT",
            "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT",
            "COMPLIANT_BCP_RFC9700_PKCE_METHOD",
            "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE",
        ),
        True,
    ),
}

# REST
RATE_PER_MINUTE = int(read_text("RATE_PER_MINUTE", default="600"))
"""Requests an account may make a minute; trusted clients may make any number."""
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # each view says its own, by its base class
    "DEFAULT_PERMISSION_CLASSES": [],  # permission is asked in the operation
    "DEFAULT_RENDERER_CLASSES": ["matricula.lms.rest.rendering.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["matricula.lms.rest.parsing.JsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "matricula.lms.rest.rendering.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Matricula LMS",
    "VERSION": "2",
    "DESCRIPTION": "Who studies what, also before they have an account.",
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/enrollment/v2",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}
# Bodies are read by our own parsers, each with a limit of its own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

# The queue
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING_CONFIG = None
configure_logs(as_json=read_text("LOG_FORMAT", default="json") == "json")
