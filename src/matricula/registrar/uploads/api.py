"""The door of uploads."""

from matricula.registrar.uploads.applying import (
    BecauseMissing,
    NothingToApply,
    PlanExpired,
    PlanNotReady,
    apply_plan,
    discard_plan,
)
from matricula.registrar.uploads.approving import (
    OwnUpload,
    UploadNotWaiting,
    approve_upload,
    list_waiting_uploads,
    reject_upload,
)
from matricula.registrar.uploads.carrying_out import carry_out_upload
from matricula.registrar.uploads.correcting import open_corrections
from matricula.registrar.uploads.following import (
    CHANGING,
    Waiting,
    find_waiting,
    get_plan,
    get_upload,
    has_written,
    is_over,
    list_open_plans,
    list_rows,
    list_undone,
    list_undos,
    list_waiting,
    map_plans,
    may_undo,
)
from matricula.registrar.uploads.foretelling import foretell
from matricula.registrar.uploads.keeping import MISSING, KeptRow, delete_expired_rows
from matricula.registrar.uploads.models import Plan, PlanState, Upload
from matricula.registrar.uploads.offering import open_missing
from matricula.registrar.uploads.planning import (
    NothingToUndo,
    plan_again,
    plan_undo,
    plan_upload,
)
from matricula.registrar.uploads.reading import (
    REQUIRED,
    EmptyUpload,
    MissingColumns,
    OtherSeparator,
    RepeatedColumns,
    UploadFile,
    UploadKind,
    UploadRow,
)
from matricula.registrar.uploads.receiving import receive_upload
from matricula.registrar.uploads.writing import RowsNotTaken, is_written, write_rows

__all__ = [
    "CHANGING",
    "MISSING",
    "REQUIRED",
    "BecauseMissing",
    "EmptyUpload",
    "KeptRow",
    "MissingColumns",
    "NothingToApply",
    "NothingToUndo",
    "OtherSeparator",
    "OwnUpload",
    "Plan",
    "PlanExpired",
    "PlanNotReady",
    "PlanState",
    "RepeatedColumns",
    "RowsNotTaken",
    "Upload",
    "UploadFile",
    "UploadKind",
    "UploadNotWaiting",
    "UploadRow",
    "Waiting",
    "apply_plan",
    "approve_upload",
    "carry_out_upload",
    "delete_expired_rows",
    "discard_plan",
    "find_waiting",
    "foretell",
    "get_plan",
    "get_upload",
    "has_written",
    "is_over",
    "is_written",
    "list_open_plans",
    "list_rows",
    "list_undone",
    "list_undos",
    "list_waiting",
    "list_waiting_uploads",
    "map_plans",
    "may_undo",
    "open_corrections",
    "open_missing",
    "plan_again",
    "plan_undo",
    "plan_upload",
    "receive_upload",
    "reject_upload",
    "write_rows",
]
