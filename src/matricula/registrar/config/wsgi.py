"""What a server of HTTP loads."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

from matricula.service.answering_whole import in_one_piece
from matricula.service.reading_whole import WholeInput

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "matricula.registrar.config.settings")

_answer = get_wsgi_application()


def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
    """Answer a request."""
    environ["wsgi.input"] = WholeInput(environ["wsgi.input"])
    return in_one_piece(_answer(environ, start))
