"""Unpacking a provider's answer: only plain text gets through to a parser.

A document type is where entities are declared, so whoever lets none in need trust no parser to
leave them alone. It is looked for in the text itself, which is why only UTF-8 is taken.
"""

import re
from base64 import b64decode
from binascii import Error

from matricula.lms.sign_on.saml.answers import MalformedAnswer

MOST_CHARACTERS = 350_000
"""As it is sent: about 256 KiB of XML. A long list of groups is a tenth of that."""
MOST_ELEMENTS = 5_000
MOST_NAMESPACES = 500
"""Checking a signature spells them out for each element: many times many is too much."""

_WHITE_SPACE = re.compile(r"[\t\n\r ]+")
_DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)")
_ENCODING = re.compile(r"\ufeff?<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)[\"']")


def unpack_answer(encoded: str) -> str:
    """Return the XML of an answer as the browser sent it.

    Raises:
        MalformedAnswer: it is too long, no base64, no UTF-8, or declares anything.
    """
    if len(encoded) > MOST_CHARACTERS:
        raise MalformedAnswer("too long")
    try:
        packed = b64decode(_WHITE_SPACE.sub("", encoded), validate=True)
    except (Error, ValueError) as error:
        raise MalformedAnswer("no base64") from error
    return require_plain(packed)


def require_plain(document: bytes) -> str:
    """Return XML as text, if there is nothing in it but elements and text.

    Raises:
        MalformedAnswer: there is.
    """
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedAnswer("no UTF-8") from error
    encoding = _ENCODING.match(text)
    if encoding and encoding[1].lower() != "utf-8":
        raise MalformedAnswer("another encoding")
    if _DECLARATION.search(text):
        raise MalformedAnswer("declarations")
    if text.count("<") > 2 * MOST_ELEMENTS or text.count("xmlns") > MOST_NAMESPACES:
        raise MalformedAnswer("too many elements")
    return text
