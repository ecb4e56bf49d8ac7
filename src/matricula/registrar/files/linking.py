"""Linking to files: addresses that any browser opens, for a while, and that are made anew."""

from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext as _

from matricula.registrar.files.models import StoredFile
from matricula.registrar.files.storing import get_file
from matricula.service.refusals import NotAllowed

SALT = "matricula.registrar.files"
FOLDER = "files"


class LinkNotGood(NotAllowed):
    """The link is not one of ours, or its time is over."""

    code = "link-not-good"


def link_to_file(*, name: str) -> str:
    """Return an absolute address at which a file can be had from now on, for a set time."""
    return make_link(folder=FOLDER, name=name)


def follow_link(*, name: str, signature: str) -> StoredFile:
    """Return the file that a link leads to. The link is the permission.

    Raises:
        FileGone: it was deleted.
        LinkNotGood: the link is none of ours, or too old.
    """
    require_good_link(folder=FOLDER, name=name, signature=signature)
    return get_file(name=name)


def make_link(*, folder: str, name: str) -> str:
    """Return an absolute address below a folder of ours that is good for a set time."""
    signature = _signer(folder).sign(name).removeprefix(f"{name}:")
    return f"{settings.REGISTRAR_URL}/{folder}/{quote(name)}?signature={signature}"


def require_good_link(*, folder: str, name: str, signature: str) -> None:
    """Answer with silence if a link was made here, and not too long ago.

    Raises:
        LinkNotGood: the link is none of ours, or too old.
    """
    longest = timedelta(hours=settings.LINK_HOURS)
    try:
        _signer(folder).unsign(f"{name}:{signature}", max_age=longest)
    except BadSignature:
        raise LinkNotGood(_("This link is over; ask where you got it for a new one.")) from None


def _signer(folder: str) -> TimestampSigner:
    return TimestampSigner(salt=f"{SALT}.{folder}")
