"""Limiting files that are sent: they go to a private file as they come, and no further than that.

Django is given this handler by the settings, as it may read a form before any view does.
"""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler


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
