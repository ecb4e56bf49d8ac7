"""Fetching a provider's metadata from its address."""

import time

import requests
from requests.exceptions import RequestException

from matricula.lms.kernel.api import Invalid, Unavailable
from matricula.lms.sign_on.registering import is_safe_address
from matricula.lms.sign_on.saml.reading_metadata import MOST_BYTES

CONNECTS_WITHIN = 5
READS_WITHIN = 10
DONE_WITHIN = 20
"""Seconds: to connect, between two pieces, and in all."""


class UnsafeAddress(Invalid):
    """Others could listen in on the way there, or answer in its place."""

    code = "unsafe-address"


class MetadataUnavailable(Unavailable):
    """The address does not answer as it should; what is kept stays."""

    code = "metadata-unavailable"


def fetch_metadata(*, address: str) -> bytes:
    """Return what stands at an address, without following it anywhere else.

    Raises:
        MetadataUnavailable: it does not answer, not in time, or with too much.
        UnsafeAddress: it is neither https nor on this machine.
    """
    if not is_safe_address(address):
        message = "Metadata is fetched by https, or by http from this machine itself."
        raise UnsafeAddress(message)
    try:
        with requests.get(
            address, stream=True, allow_redirects=False, timeout=(CONNECTS_WITHIN, READS_WITHIN)
        ) as response:
            if response.status_code != requests.codes.ok:
                message = f"The metadata's address answered {response.status_code}."
                raise MetadataUnavailable(message)
            return _read(response)
    except RequestException as error:
        message = f"The metadata's address does not answer ({type(error).__name__})."
        raise MetadataUnavailable(message) from error


def _read(response: requests.Response) -> bytes:
    deadline = time.monotonic() + DONE_WITHIN
    found = b""
    for piece in response.iter_content(16 * 1024):
        found += piece
        if len(found) > MOST_BYTES or time.monotonic() > deadline:
            raise MetadataUnavailable("The metadata is too long, or too slow.")
    return found
