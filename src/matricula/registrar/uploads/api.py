"""The door of uploads."""

from matricula.registrar.uploads.approving import (
    OwnUpload,
    UploadNotWaiting,
    approve_upload,
    list_waiting_uploads,
    reject_upload,
)
from matricula.registrar.uploads.carrying_out import carry_out_upload
from matricula.registrar.uploads.reading import (
    EmptyUpload,
    MissingColumns,
    RepeatedColumns,
    UploadFile,
    UploadKind,
    UploadRow,
)
from matricula.registrar.uploads.receiving import receive_upload
from matricula.registrar.uploads.writing import RowsNotTaken, is_written, write_rows

__all__ = [
    "EmptyUpload",
    "MissingColumns",
    "OwnUpload",
    "RepeatedColumns",
    "RowsNotTaken",
    "UploadFile",
    "UploadKind",
    "UploadNotWaiting",
    "UploadRow",
    "approve_upload",
    "carry_out_upload",
    "is_written",
    "list_waiting_uploads",
    "receive_upload",
    "reject_upload",
    "write_rows",
]
