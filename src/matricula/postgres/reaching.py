"""Whether a PostgreSQL address can be used, and if not, why not, in words."""

import re
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

OLDEST_VERSION: Final = 15
CONNECT_SECONDS: Final = 5

# What libpq and the server say (a part of it), and what we say.
ANSWERS: Final = {
    "authentication failed": "The server at {place} refused the user name or the password.",
    "no password supplied": "The server at {place} asks for a password.",
    "pg_hba.conf": "The server at {place} does not let this user in from this machine.",
    'database "{name}" does not exist': "The server at {place} has no database {name}.",
    'role "': "The server at {place} does not know this user.",
    "permission denied for database": "This user may not use the database {name} at {place}.",
    "starting up": "The server at {place} is still starting; try again in a moment.",
    "shutting down": "The server at {place} is shutting down.",
    "too many clients": "The server at {place} has no connection left.",
    "connection slots": "The server at {place} has no connection left.",
    "onnection refused": "Nothing answers at {place}: the server is down or the port is another.",
    "No such file": "Nothing answers at {place}: the server is down or the folder is another.",
    "Servname": "{place} has no port number that exists.",
    "invalid integer value": "{place} has no port number that exists.",
    "resolve": "There is no host of the name in {place}.",
    "translate host name": "There is no host of the name in {place}.",
    "timeout": "The server at {place} does not answer.",
    "SSL": "The server at {place} and this side do not agree on encryption (sslmode).",
}

UNKNOWN_OPTION: Final = re.compile(r'(?:query parameter:|connection option) "(\w+)"')


class PostgresUnusable(Exception):
    """The database cannot be used; the message says why and what to do about it."""


def require_usable(url: str, *, variable: str = "DATABASE_URL") -> None:
    """Refuse a database that cannot be reached or cannot serve Matricula.

    ``variable`` is where its address stands.

    Raises: PostgresUnusable.
    """
    place = _place(_take_apart(url, variable))
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            version = connection.info.server_version // 10000
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.Error as error:
        raise PostgresUnusable(_explain(url, variable, str(error))) from None
    if version < OLDEST_VERSION:
        msg = (
            f"The server at {place} is PostgreSQL {version}; Matricula needs {OLDEST_VERSION} or "
            f"newer. Upgrade it, or unset {variable} to use the embedded one."
        )
        raise PostgresUnusable(msg)
    if encoding != "UTF8":
        msg = (
            f"The database at {place} is encoded in {encoding}; Matricula needs UTF8. "
            "Make another: create database NAME encoding 'UTF8' template template0."
        )
        raise PostgresUnusable(msg)


def find_trouble(url: str) -> str | None:
    """Say in libpq's words why no connection comes about, or None when one does."""
    try:
        psycopg.connect(url, connect_timeout=CONNECT_SECONDS).close()
    except psycopg.Error as error:
        return str(error)
    return None


def django_database(url: str, *, variable: str = "DATABASE_URL") -> dict[str, object]:
    """Turn an address into an entry of Django's ``DATABASES``, its libpq options kept.

    Raises: PostgresUnusable when it is no PostgreSQL address.
    """
    parameters = _take_apart(url, variable)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parameters.pop("dbname"),
        "USER": parameters.pop("user", ""),
        "PASSWORD": parameters.pop("password", ""),
        "HOST": parameters.pop("host", ""),
        "PORT": parameters.pop("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": parameters,
    }


def _take_apart(url: str, variable: str) -> dict[str, str]:
    """Parse; nothing of a malformed address goes into a message, it may hold a password."""
    try:
        parsed = conninfo_to_dict(url)
    except (psycopg.Error, ValueError) as error:
        raise PostgresUnusable(_explain_malformed(url, variable, str(error))) from None
    if not parsed.get("dbname"):
        msg = f"{variable} names no database. End it with one: postgresql://HOST:PORT/DATABASE."
        raise PostgresUnusable(msg)
    return {name: str(value) for name, value in parsed.items() if value is not None}


def _explain_malformed(url: str, variable: str, trouble: str) -> str:
    unknown = UNKNOWN_OPTION.search(trouble)
    if unknown and "@" not in url.partition("?")[2]:  # else it may be a part of a password
        return f"{variable} has the option {unknown[1]}, which PostgreSQL does not know."
    if "percent" in trouble or "can't decode" in trouble:  # %zz, %00, %ff
        return (
            f"{variable} has a % that begins no character. Write a % itself as %25, and other "
            "characters as % and two hexadecimal digits."
        )
    return (
        f"{variable} is not a PostgreSQL address. "
        "Write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
    )


def _place(parameters: dict[str, str]) -> str:
    return f"{parameters.get('host', 'localhost')}:{parameters.get('port', '5432')}"


def _explain(url: str, variable: str, trouble: str) -> str:
    parameters = _take_apart(url, variable)
    words = {"place": _place(parameters), "name": parameters["dbname"]}
    said = [line.strip() for line in trouble.splitlines() if line.strip()] or ["(nothing)"]
    matches = (
        (answer, line)
        for sign, answer in ANSWERS.items()
        for line in said
        if sign.format(**words) in line
    )
    answer, line = next(matches, ("The server at {place} cannot be used.", said[0]))
    return f"{answer.format(**words)} Check {variable}. PostgreSQL says: {line}"
