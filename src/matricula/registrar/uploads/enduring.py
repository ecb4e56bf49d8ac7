"""Enduring trouble: so long the LMS may be away before what needs it is given up."""

from datetime import UTC, datetime, timedelta

from django.conf import settings

from matricula.registrar.uploads.models import Plan, Upload


def note_trouble(troubled: Upload | Plan) -> None:
    """Keep since when the LMS has been away."""
    if troubled.trouble_since is None:
        troubled.trouble_since = datetime.now(UTC)
        troubled.save(update_fields=["trouble_since"])


def forget_trouble(troubled: Upload | Plan) -> None:
    """Begin anew: the LMS has answered."""
    if troubled.trouble_since is not None:
        troubled.trouble_since = None
        troubled.save(update_fields=["trouble_since"])


def is_budget_spent(troubled: Upload | Plan) -> bool:
    """Tell whether it has been away for too long."""
    if troubled.trouble_since is None:
        return False
    budget = timedelta(minutes=settings.LMS_PATIENCE_MINUTES)
    return datetime.now(UTC) - troubled.trouble_since >= budget
