"""Reaching the database: the smallest question there is."""

from django.db import Error, connection

from matricula.service.refusals import Unavailable

ANSWER = "SELECT 1"


class DatabaseAway(Unavailable):
    """The database does not answer."""

    code = "database-away"


def require_database() -> None:
    """Answer with silence if the database answers.

    Raises:
        DatabaseAway: it does not.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(ANSWER)
    except Error as error:
        raise DatabaseAway("The database does not answer.") from error
