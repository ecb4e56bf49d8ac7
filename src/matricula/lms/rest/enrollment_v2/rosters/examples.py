"""Examples for the OpenAPI document."""

TEXT = {"type": "string"}

PROGRAM_ROWS = {
    "rows": [
        {"student_key": "rv-0001", "status": "enrolled"},
        {"student_key": "rv-0002", "status": "gone"},
    ]
}
COURSE_ROWS = {
    "rows": [{"student_key": "rv-0001", "course_id": "hyd-1", "status": "active"}],
}
ANSWER = {
    "program": "hydrology",
    "kind": "program",
    "mode": "upsert",
    "atomic": False,
    "dry_run": False,
    "applied": True,
    "counts": {"create": 1, "update": 0, "unchanged": 0, "refuse": 1},
    "verdicts": {"enrolled": 1, "invalid-status": 1},
    "rows": [
        {
            "line": 1,
            "student_key": "rv-0001",
            "action": "create",
            "verdict": "enrolled",
            "reason": "",
        },
        {
            "line": 2,
            "student_key": "rv-0002",
            "action": "refuse",
            "verdict": "invalid-status",
            "reason": "'gone' is none of enrolled, pending, suspended, canceled, ended",
        },
    ],
}
