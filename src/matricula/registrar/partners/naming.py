"""Naming people in roles: by username, or by e-mail address."""

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from matricula.registrar.partners.models import NameKind
from matricula.service.folding import fold, strip_key
from matricula.service.quoting import quote
from matricula.service.refusals import Invalid

LONGEST = 254
ADDRESS = EmailValidator(allowlist=["localhost"])


class InvalidName(Invalid):
    """Nobody can be called so."""

    code = "invalid-name"


def read_name(given: str) -> tuple[NameKind, str]:
    """Return what a name is, and the name; what has an @ is an address.

    Raises:
        InvalidName: it is empty or too long, or an address that is none.
    """
    name = strip_key(given)
    if not name or len(name) > LONGEST or not name.isprintable():
        raise InvalidName(_("%(given)s names nobody.") % {"given": quote(given)})
    if "@" not in name:
        return NameKind.USERNAME, name
    try:
        ADDRESS("".join(each if each.isascii() else "x" for each in name))  # RFC 6531: any letter
    except ValidationError:
        raise InvalidName(_("%(given)s is no e-mail address.") % {"given": quote(given)}) from None
    return NameKind.EMAIL, name


def fold_name(kind: NameKind, name: str) -> str:
    """Return a name as it is compared.

    Two usernames of the LMS may differ in nothing but what Unicode folds together, and are then
    of two people: beyond ASCII they are compared as they are.
    """
    if kind is NameKind.EMAIL:
        return fold(name)
    return name.lower() if name.isascii() else name
