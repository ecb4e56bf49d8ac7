"""Storing files, opening them, and deleting those whose time is over."""

import hashlib
from datetime import datetime, timedelta
from typing import IO, Any, cast
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from matricula.registrar.files.models import StoredFile
from matricula.service.refusals import NotFound, Unavailable

BATCH = 1_000
CSV = "text/csv; charset=utf-8"


class FileGone(NotFound):
    """There is no such file, or no longer."""

    code = "file-gone"


class NoRoomForFile(Unavailable):
    """The file cannot be stored."""

    code = "no-room-for-file"


def store_file(
    *,
    folder: str,
    content: IO[bytes],
    download_name: str,
    at: datetime,
    content_type: str = CSV,
) -> StoredFile:
    """Store a file from where it stands to its end, and return what is known of it.

    What is cut short leaves at most a file that is deleted in time, and that nobody is told of.

    Raises:
        NoRoomForFile: the disk is full, or fails.
    """
    suffix = download_name.rpartition(".")[2]
    name = f"{folder}/{uuid4().hex}.{suffix}"
    stored = StoredFile.objects.create(
        name=name, download_name=download_name, content_type=content_type, created_at=at
    )
    measured = _Measured(content)
    try:
        kept = default_storage.save(name, cast("Any", measured))
    except OSError as error:
        raise NoRoomForFile(f"The file cannot be stored: {error.strerror}.") from None
    stored.name, stored.size, stored.sha256 = kept, measured.bytes_read, measured.sha256
    stored.save()
    return stored


def open_file(*, name: str) -> IO[bytes]:
    """Open a file for reading.

    Raises:
        FileGone: it was deleted.
    """
    try:
        return cast("IO[bytes]", default_storage.open(name, "rb"))
    except FileNotFoundError:
        raise FileGone("The file is no longer kept.") from None


def get_file(*, name: str) -> StoredFile:
    """Return what is known of a file.

    Raises:
        FileGone: it was deleted.
    """
    stored = StoredFile.objects.filter(name=name).first()
    if stored is None:
        raise FileGone("The file is no longer kept.")
    return stored


def drop_file(*, name: str) -> None:
    """Delete a file that nobody was told of."""
    default_storage.delete(name)
    StoredFile.objects.filter(name=name).delete()


def delete_expired_files(*, at: datetime) -> int:
    """Delete the files that are older than is set, and return how many. Safe to run again."""
    before = at - timedelta(days=settings.FILE_DAYS)
    deleted = 0
    while batch := list(StoredFile.objects.filter(created_at__lt=before)[:BATCH]):
        for stored in batch:
            default_storage.delete(stored.name)
        StoredFile.objects.filter(pk__in=[stored.pk for stored in batch]).delete()
        deleted += len(batch)
    return deleted


class _Measured(File):  # type: ignore[type-arg]  # its stubs do not let one say that here
    """A file that is digested and counted as it is copied."""

    def __init__(self, content: IO[bytes]) -> None:
        super().__init__(content, name="content")
        self._content = content
        self._digest = hashlib.sha256()
        self.bytes_read = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def chunks(self, chunk_size: int | None = None) -> Any:  # noqa: ANN401  as its base
        """Yield what is left of the file, piece by piece."""
        while piece := self.read(chunk_size or self.DEFAULT_CHUNK_SIZE):
            yield piece

    def read(self, size: int = -1) -> bytes:
        """Read on: some storages do so themselves."""
        piece = self._content.read(size)
        self._digest.update(piece)
        self.bytes_read += len(piece)
        return piece
