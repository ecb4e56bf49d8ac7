"""Where files are kept: in a folder of this machine, or in S3 and what speaks like it."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

S3 = "s3://"
IN_MEMORY = 2**20
"""Bytes of a file of S3 that are held in memory while it is read."""


def configure_storage(place: str, *, folder: Path) -> dict[str, Any]:
    """Return the storage at a place: ``s3://BUCKET/PREFIX``, or a folder, by default this one.

    Raises:
        SystemExit: it is in S3, and what speaks to that is not installed.
    """
    if place.startswith(S3):
        return _configure_s3(place)
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": Path(place) if place else folder,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }


def _configure_s3(place: str) -> dict[str, Any]:
    """Keys and address come from the variables that all of AWS's tools read."""
    if find_spec("storages") is None:
        raise SystemExit(f"matricula: for {place} install matricula[s3].")
    parts = urlsplit(place)
    is_elsewhere = any(name in os.environ for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"))
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.netloc,
            "location": parts.path.strip("/"),
            "default_acl": None,  # as the bucket has it, which should be private
            "max_memory_size": IN_MEMORY,
            # Other servers than Amazon's seldom have a host name for each bucket.
            "addressing_style": "path" if is_elsewhere else "auto",
        },
    }
