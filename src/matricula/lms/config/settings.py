"""Settings of the LMS, fed by the environment; what is unset is safe."""

from datetime import timedelta
from functools import cache
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import lazy

from matricula import postgres
from matricula.service.environment import read_list, read_number, read_text
from matricula.service.logs import configure_logs
from matricula.service.mailing import read_mail_server
from matricula.service.secrets import read_secret, read_shared_secret

# Lazy: a command that needs no secret makes none, and misses none.
SECRET_KEY = lazy(cache(read_secret), str)("SECRET_KEY")
RETIREMENT_KEY = lazy(read_shared_secret, str)("RETIREMENT_KEY")
"""Keys the hashes that stand in for retired people's names. Never change it: the same name would
then be retired as another."""

LMS_URL = read_text("LMS_URL", default="http://127.0.0.1:8000").rstrip("/")
"""Where people and clients reach the LMS; also who issues its tokens."""
IS_SECURE = LMS_URL.startswith("https://")
PROXIES = read_number("PROXIES", default=0)
"""How many proxies of ours stand in front; only they are believed where a request comes from."""

DEBUG = False
ALLOWED_HOSTS = read_list(
    "ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", urlsplit(LMS_URL).hostname or ""]
)
ROOT_URLCONF = "matricula.lms.config.urls"
WSGI_APPLICATION = "matricula.lms.config.wsgi.application"
APPEND_SLASH = False  # each address says itself whether it takes one

INSTALLED_APPS = [
    "matricula.service.looks",  # before the admin: it says what that looks like
    "matricula.lms.pages.apps.AdministrationConfig",  # only what is ours, behind our operations
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",  # its script alone, which pages with live parts load
    "matricula.lms.pages",  # before allauth: its templates are ours
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "allauth.usersessions",  # where somebody is signed in
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
    "matricula.service.rate_limits",
    "matricula.lms.identities",
    "matricula.lms.addresses",
    "matricula.lms.sign_on",
    "matricula.lms.program_enrollments",
    "matricula.lms.course_enrollments",
    "matricula.lms.grades",
    "matricula.lms.changes",
    "matricula.lms.rosters",
    "matricula.lms.plans",
    "matricula.lms.people",
    "matricula.lms.integrity",
]
if find_spec("django_linear_migrations"):  # a tool of development; users do not have it
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "matricula.service.tracing.trace_requests",
    "matricula.service.shielding.shield_pages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",  # refuses hosts that are not ours
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "matricula.service.parting.part_from_browsers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "matricula.service.joining.join_token_cookies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "matricula.service.looks.zoning.tell_time_of_reader",
    "matricula.lms.pages.handing_tokens.hand_out_tokens",
    "matricula.lms.pages.masquerading.look_as_learner",
    "allauth.account.middleware.AccountMiddleware",
    "matricula.service.parting.join_browsers",
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
                "matricula.lms.pages.framing.frame",
            ]
        },
    }
]

STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = True  # from where they are: there is no step that collects them

AUTH_USER_MODEL = "accounts.Account"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "matricula.lms.clients.hashing.RandomSecretHasher",  # of clients' secrets alone
]
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
LOGIN_REDIRECT_URL = "/dashboard"
LOGOUT_REDIRECT_URL = "/login"

# Accounts of people, by allauth
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "matricula.lms.addresses.adapting.AccountAdapter"
ACCOUNT_FORMS = {
    "add_email": "matricula.lms.pages.filling_in.AddressForm",
    "change_password": "matricula.lms.pages.filling_in.PasswordChangeForm",
    "login": "matricula.lms.pages.filling_in.SignInForm",
    "reauthenticate": "matricula.lms.pages.filling_in.SameAgainForm",
    "reset_password": "matricula.lms.pages.filling_in.ForgottenPasswordForm",
    "reset_password_from_key": "matricula.lms.pages.filling_in.NewPasswordForm",
    "set_password": "matricula.lms.pages.filling_in.FirstPasswordForm",
    "signup": "matricula.lms.pages.filling_in.RegistrationForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"  # of signing in; without it nothing is held
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_MAX_EMAIL_ADDRESSES = 10
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_RATE_LIMITS = False  # ours are counted for all processes: pages/limiting.py
ACCOUNT_REAUTHENTICATION_REQUIRED = True

# Mail
SMTP = read_mail_server(read_text("SMTP_URL", default=""))
"""The mail server; None: mail is written to files below MATRICULA_HOME."""
EMAIL_FILE_PATH = str(postgres.home() / "mail")
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_TIMEOUT = 20
if SMTP:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = SMTP.host, SMTP.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = SMTP.user, SMTP.password
    EMAIL_USE_SSL, EMAIL_USE_TLS = SMTP.is_secure, SMTP.begins_tls
DEFAULT_FROM_EMAIL = read_text(
    "MAIL_FROM", default=f"Matricula <no-reply@{urlsplit(LMS_URL).hostname}>"
)

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **postgres.configured_database(),
        "ENGINE": "matricula.lms.config.database",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
if read_text("PREPARE_STATEMENTS", default="yes").lower() not in {"no", "false", "0"}:
    # For those that ask for it (kernel/preparing.py); without a number, Django forbids it to them.
    DATABASES["default"]["OPTIONS"] = {**DATABASES["default"]["OPTIONS"], "prepare_threshold": 5}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

# Browsers. Cookies know no ports: each service on a host needs names of its own.
FRONT_END_ORIGINS = [each.rstrip("/") for each in read_list("FRONT_END_ORIGINS", default=[])]
"""Where front ends on other hosts are served from, such as ``https://portal.example.org``."""
CORS_ALLOWED_ORIGINS = FRONT_END_ORIGINS
CSRF_TRUSTED_ORIGINS = [*FRONT_END_ORIGINS, "/".join(LMS_URL.split("/")[:3])]
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
CORS_EXPOSE_HEADERS = [
    "ETag",
    "Idempotency-Replayed",
    "Idempotency-Request-ID",
    "Link",
    "Location",
    "Retry-After",
    "X-Request-ID",
]
COOKIE_DOMAIN = read_text("COOKIE_DOMAIN", default="") or None
"""Of the token cookies alone, which front ends read; session and CSRF token stay on this host."""
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
FORM_TARGETS = FRONT_END_ORIGINS  # signing in ends there: browsers ask whether a form may
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for all of a domain's hosts is for its owner to say,
    "security.W021",  # and so is to have browsers know of it beforehand
    "security.W008",  # the proxy that speaks https sends people there
]
CSRF_FAILURE_VIEW = "matricula.lms.pages.signing_in.answer_forgery"

# Sign-on by schools
SOCIALACCOUNT_ADAPTER = "matricula.lms.sign_on.adapting.SchoolAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "matricula.lms.sign_on.openid.SchoolOpenID"},
    "saml": {"provider_class": "matricula.lms.sign_on.saml.providing.SchoolSaml"},
}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address lets nobody into an account
SOCIALACCOUNT_STORE_TOKENS = False
SAML_CLOCK_SKEW = min(read_number("SAML_CLOCK_SKEW", default=60), 300)
"""Seconds by which a SAML provider's clock may be wrong; more than five minutes never are."""

# Tokens
TOKEN_AUDIENCE = read_text("TOKEN_AUDIENCE", default="matricula")
TOKEN_LIFETIME = timedelta(hours=1)
CODE_LIFETIME = timedelta(minutes=1)
"""Of a code that a service gets of whoever signs in here for it."""
TOKEN_LIFETIME_OF_A_CODE = timedelta(minutes=5)
"""It tells the service who that is; a signed token cannot be taken back."""
TOKEN_COOKIE_NAMES = ("edx-jwt-cookie-header-payload", "edx-jwt-cookie-signature")
OAUTH2_PROVIDER_APPLICATION_MODEL = "clients.Client"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth2_provider.AccessToken"  # noqa: S105  a model's name
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "matricula.lms.clients.providing.Provider",
    "OAUTH2_VALIDATOR_CLASS": "matricula.lms.clients.validating.ClientValidator",
    "CLIENT_SECRET_HASHER": "random_secret_sha256",
    "ACCESS_TOKEN_GENERATOR": "matricula.lms.rest.tokens.making.make_token",
    "ACCESS_TOKEN_EXPIRE_SECONDS": int(TOKEN_LIFETIME.total_seconds()),
    "SCOPES": {"read": "Read what the roles of the caller let it read", "write": "Change it"},
    "OIDC_ISS_ENDPOINT": LMS_URL,
    "PKCE_REQUIRED": True,
    # No grant that is offered here needs these; they say no if one ever does.
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    **dict.fromkeys(
        (
            "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT",
            "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS",
            "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT",
            "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT",
            "COMPLIANT_BCP_RFC9700_PKCE_METHOD",
            "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE",
        ),
        True,
    ),
}

# REST
RATE_PER_MINUTE = read_number("RATE_PER_MINUTE", default=600)
"""Requests an account may make a minute; trusted clients may make any number."""
TRIES_PER_MINUTE = read_number("TRIES_PER_MINUTE", default=60)
"""Times a minute that an address may try a client's secret or a person's password."""
EDX_API_KEY = read_text("EDX_API_KEY", default="")
"""What a server of the platform says in ``X-Edx-Api-Key`` to enroll anybody by the Enrollment API;
empty: none can."""
COURSE_URL = read_text("COURSE_URL", default=f"{LMS_URL}/courses/{{key}}/")
"""Where a course run is studied; ``{key}`` stands for its key."""
ENROLLMENT_RESET = read_text("ENROLLMENT_RESET", default="no").lower() in {"yes", "true", "1"}
"""Whether a school may be started over by its registrar: only where integrations are tried out."""
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # each view says its own, by its base class
    "DEFAULT_PERMISSION_CLASSES": [],  # permission is asked in the operation
    "DEFAULT_RENDERER_CLASSES": ["matricula.service.rendering.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["matricula.service.parsing.JsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "matricula.service.rendering.Negotiation",
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
    "OAS_VERSION": "3.1.0",
    "PREPROCESSING_HOOKS": ["matricula.lms.rest.enrollment_v2.schema.keep_ours"],
    "POSTPROCESSING_HOOKS": ["matricula.lms.rest.enrollment_v2.schema.add_tokens"],
}
# Bodies are read by our own parsers, each with a limit of its own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

# Rosters
ROSTER_BYTES = read_number("ROSTER_BYTES", default=100 * 2**20)
"""The largest roster that is taken over HTTP, in bytes; of a packed one, when it is unpacked."""
ROSTER_ROWS_AT_ONCE = read_number("ROSTER_ROWS_AT_ONCE", default=20_000)
"""A roster of more rows becomes a job for a worker."""
PLAN_DAYS = read_number("PLAN_DAYS", default=7)
"""So long a plan can be applied."""

# The queue
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
WORKER_TIMEOUT = read_number("WORKER_TIMEOUT", default=30)
"""Seconds without a sign of life after which a worker's jobs are given to others."""
WORKER_STOP_SECONDS = read_number("WORKER_STOP_SECONDS", default=20)
"""Seconds that a worker which is told to stop has for what it is at."""

LOGGING_CONFIG = None
configure_logs(as_json=read_text("LOG_FORMAT", default="json") == "json")
