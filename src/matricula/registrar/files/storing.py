"""Storing files, opening them, and deleting those whose time is over."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import IO, cast
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from matricula.registrar.files.failing import STORAGE_TROUBLES
from matricula.registrar.files.models import StoredFile
from matricula.service.refusals import NotFound, Unavailable

log = structlog.get_logger("matricula.files")

BATCH = 1_000
BLOCK = 1 << 20
CSV = "text/csv; charset=utf-8"


class FileGone(NotFound):
    """There is no such file, or no longer."""

    code = "file-gone"


class FileAway(Unavailable):
    """The file is kept, and cannot be had now."""

    code = "file-away"


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
    """Store a file, all of it, and return what is known of it.

    What is cut short leaves at most a file that is deleted in time, and that nobody is told of.

    Raises:
        NoRoomForFile: the disk is full, or fails.
    """
    suffix = download_name.rpartition(".")[2]
    name = f"{folder}/{uuid4().hex}.{suffix}"
    stored = StoredFile.objects.create(
        name=name, download_name=download_name, content_type=content_type, created_at=at
    )
    size, sha256 = _measure(content)
    try:
        kept = default_storage.save(name, File(content, name=name))
    except STORAGE_TROUBLES as error:
        log.warning("file not stored", exc_info=error)
        raise NoRoomForFile(_("The file cannot be stored now.")) from None
    stored.name, stored.size, stored.sha256 = kept, size, sha256
    stored.save()
    return stored


def open_file(*, name: str) -> IO[bytes]:
    """Open a file for reading; whoever does so closes it.

    Raises:
        FileAway: its storage cannot be reached.
        FileGone: it was deleted.
    """
    try:
        return cast("IO[bytes]", default_storage.open(name, "rb").file)
    except FileNotFoundError:
        raise FileGone(_("The file is no longer kept.")) from None
    except STORAGE_TROUBLES as error:
        log.warning("file not opened", exc_info=error)
        raise FileAway(_("The file cannot be reached now.")) from None


def get_file(*, name: str) -> StoredFile:
    """Return what is known of a file.

    Raises:
        FileGone: it was deleted.
    """
    stored = StoredFile.objects.filter(name=name).first()
    if stored is None:
        raise FileGone(_("The file is no longer kept."))
    return stored


def map_ends(*, names: Collection[str]) -> Mapping[str, datetime]:
    """Return until when each file is kept; of one that is gone, nothing. One query."""
    kept = StoredFile.objects.filter(name__in=names) if names else StoredFile.objects.none()
    lifetime = timedelta(days=settings.FILE_DAYS)
    return {name: at + lifetime for name, at in kept.values_list("name", "created_at")}


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


def _measure(content: IO[bytes]) -> tuple[int, str]:
    """Return the size and the digest of a file, at whose end it stands then.

    By itself: storages begin at the start, and those of S3 read a file several times.
    """
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(BLOCK):
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()
