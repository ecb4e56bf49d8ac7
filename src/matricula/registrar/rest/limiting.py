"""Limiting how often a caller may ask, and files that are sent.

Files go to a private file as they come, and no further than that: Django is given their handler by
the settings, as it may read a form before any view does.
"""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from rest_framework.request import Request

from matricula.registrar.accounts.api import Account
from matricula.service.limiting import CountingLimit


class CallerLimit(CountingLimit):
    """``RATE_PER_MINUTE`` requests for a caller; none is counted for the platform's staff."""

    def is_trusted(self, request: Request) -> bool:
        """Tell whether the LMS says that they are of its staff."""
        return isinstance(request.user, Account) and request.user.is_staff


class BoundedFileHandler(TemporaryFileUploadHandler):
    """Writes files to a temporary folder until they have too many bytes."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece.

        Raises:
            RequestDataTooBig: with it the file has more bytes than are taken.
        """
        if start + len(raw_data) > settings.UPLOAD_BYTES:
            self.upload_interrupted()
            raise RequestDataTooBig
        return super().receive_data_chunk(raw_data, start)
