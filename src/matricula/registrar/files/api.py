"""The door of files."""

from matricula.registrar.files.failing import STORAGE_TROUBLES
from matricula.registrar.files.linking import (
    LinkNotGood,
    follow_link,
    link_to_file,
    make_link,
    require_good_link,
)
from matricula.registrar.files.models import StoredFile
from matricula.registrar.files.storing import (
    CSV,
    FileAway,
    FileGone,
    NoRoomForFile,
    delete_expired_files,
    drop_file,
    get_file,
    map_ends,
    open_file,
    store_file,
)

__all__ = [
    "CSV",
    "STORAGE_TROUBLES",
    "FileAway",
    "FileGone",
    "LinkNotGood",
    "NoRoomForFile",
    "StoredFile",
    "delete_expired_files",
    "drop_file",
    "follow_link",
    "get_file",
    "link_to_file",
    "make_link",
    "map_ends",
    "open_file",
    "require_good_link",
    "store_file",
]
