"""``matricula lms``: the LMS over HTTP."""

import structlog
import typer
from django.conf import settings

from matricula.cli.serving import Host, Port, Workers, require_good_settings, serve_application

app = typer.Typer(no_args_is_help=True, help="Serve the LMS.")

APPLICATION = "matricula.lms.config.wsgi:application"

log = structlog.get_logger("matricula.serve")


@app.command("serve")
def serve(*, host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = None) -> None:
    """Serve the LMS until SIGTERM or Ctrl-C; requests at hand are answered first."""
    _require_good_settings()
    serve_application(APPLICATION, name="The LMS", host=host, port=port, workers=workers)


def _require_good_settings() -> None:
    """Refuse what Django finds wrong, and say what only looks so."""
    require_good_settings()
    if settings.IS_SECURE and not settings.PROXIES:
        log.warning(
            "MATRICULA_LMS_URL is https, which a proxy must speak, and MATRICULA_PROXIES is 0: "
            "callers are all taken for the proxy, and their connections for unencrypted."
        )
