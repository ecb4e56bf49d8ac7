"""The door of rosters."""

from matricula.lms.rosters.answering import Answer, Answers, ResultFile, answering_to
from matricula.lms.rosters.applying import apply_roster, plan_roster
from matricula.lms.rosters.canceling import JobFinished, cancel_job
from matricula.lms.rosters.confirming import (
    KeepGoing,
    Moved,
    MovedRow,
    name_ground,
    write_as_planned,
)
from matricula.lms.rosters.digesting import (
    ROW_COLUMNS,
    Bucket,
    ProgramDigest,
    StoredRow,
    digest_program,
    list_bucket_rows,
)
from matricula.lms.rosters.erasing import erase_from_rosters, hold_unfinished_jobs
from matricula.lms.rosters.exporting import Exported, export_columns, export_roster, export_rows
from matricula.lms.rosters.following import (
    UnknownJob,
    get_job,
    is_still_writing,
    layout_of,
    list_foreseen,
    list_job_answers,
    list_jobs,
    tell_how_far,
)
from matricula.lms.rosters.forgetting import forget_jobs
from matricula.lms.rosters.keeping import (
    UndoRow,
    keep_undo,
    keep_undo_rows,
    list_undo_rows,
    stop_planning,
    tell_applied,
)
from matricula.lms.rosters.models import JobState, RosterJob
from matricula.lms.rosters.opening import (
    Form,
    NoRoomForRoster,
    RosterChanged,
    RosterFile,
    RosterKind,
    UnopenableRoster,
    open_roster,
)
from matricula.lms.rosters.reading import (
    EmptyRoster,
    Layout,
    MissingColumns,
    RepeatedColumns,
    UnexpectedColumn,
)
from matricula.lms.rosters.receiving import RosterTooLarge, receive_roster
from matricula.lms.rosters.replacing import FileNotFinished, NotReplaceable, replacing
from matricula.lms.rosters.submitting import (
    AccountNeeded,
    AnsweredRoster,
    RosterOrder,
    keep_roster,
    submit_roster,
)
from matricula.lms.rosters.tasks import (
    GIVEN_UP,
    MALFUNCTION,
    TakeUpAgain,
    defer_roster_job,
    work_patiently,
)
from matricula.lms.rosters.working import JobPaused, end_job, work_off_job

__all__ = [
    "GIVEN_UP",
    "MALFUNCTION",
    "ROW_COLUMNS",
    "AccountNeeded",
    "Answer",
    "AnsweredRoster",
    "Answers",
    "Bucket",
    "EmptyRoster",
    "Exported",
    "FileNotFinished",
    "Form",
    "JobFinished",
    "JobPaused",
    "JobState",
    "KeepGoing",
    "Layout",
    "MissingColumns",
    "Moved",
    "MovedRow",
    "NoRoomForRoster",
    "NotReplaceable",
    "ProgramDigest",
    "RepeatedColumns",
    "ResultFile",
    "RosterChanged",
    "RosterFile",
    "RosterJob",
    "RosterKind",
    "RosterOrder",
    "RosterTooLarge",
    "StoredRow",
    "TakeUpAgain",
    "UndoRow",
    "UnexpectedColumn",
    "UnknownJob",
    "UnopenableRoster",
    "answering_to",
    "apply_roster",
    "cancel_job",
    "defer_roster_job",
    "digest_program",
    "end_job",
    "erase_from_rosters",
    "export_columns",
    "export_roster",
    "export_rows",
    "forget_jobs",
    "get_job",
    "hold_unfinished_jobs",
    "is_still_writing",
    "keep_roster",
    "keep_undo",
    "keep_undo_rows",
    "layout_of",
    "list_bucket_rows",
    "list_foreseen",
    "list_job_answers",
    "list_jobs",
    "list_undo_rows",
    "name_ground",
    "open_roster",
    "plan_roster",
    "receive_roster",
    "replacing",
    "stop_planning",
    "submit_roster",
    "tell_applied",
    "tell_how_far",
    "work_off_job",
    "work_patiently",
    "write_as_planned",
]
