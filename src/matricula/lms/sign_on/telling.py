"""Telling a person in words what became of what their school said of them."""

from django.utils.translation import gettext_lazy as _

from matricula.lms.sign_on.models import Settlement

_WORDS = {
    Settlement.UNSETTLED: _(
        "You are signed in, but what {title} has enrolled you in could not be looked up just now. "
        "We try again by ourselves: look again in a few minutes."
    ),
    Settlement.NO_KEY: _(
        "{title} did not tell us your student key, so what it has enrolled you in cannot be "
        "found. Please ask your school to send it."
    ),
    Settlement.UNUSABLE_KEY: _(
        "{title} sent a student key that cannot be one, so what it has enrolled you in cannot be "
        "found. Please tell your school."
    ),
    Settlement.CONFLICT: _(
        "The student key that {title} gives you belongs to another account here. Did you sign up "
        "before? Then sign in to that account, or ask support: they can see both and join them."
    ),
    Settlement.CHANGED: _(
        "{title} calls you by another student key than before. Support has to look at that "
        "first; until then you keep what you have."
    ),
}


def find_word(settlement: Settlement, *, title: str) -> str | None:
    """Return what to tell them, or None where all is well."""
    said = _WORDS.get(settlement)
    return str(said).format(title=title) if said else None
