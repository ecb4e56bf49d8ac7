"""Examples for the OpenAPI document."""

_ADDRESS = "https://lms.example.org/api/enrollment/v2/plans/7f1d9c1e-2b7a-4f0e-9a57-0f3c1d2e4b5a"

PLAN = {
    "id": "7f1d9c1e-2b7a-4f0e-9a57-0f3c1d2e4b5a",
    "program": "hydrology",
    "kind": "program",
    "name": "spring.csv",
    "mode": "upsert",
    "reason": "the spring term",
    "state": "ready",
    "rows": 3,
    "planned": 3,
    "counts": {"create": 1, "update": 1, "unchanged": 0, "refuse": 1},
    "verdicts": {"enrolled": 1, "ended": 1, "invalid-status": 1},
    "undoes": None,
    "created_at": "2031-01-10T09:00:00Z",
    "created_by": "account:4",
    "expires_at": "2031-01-17T09:00:00Z",
    "applied_at": None,
    "applied_by": None,
    "moved_count": 0,
    "moved": [],
    "failure": None,
    "links": {
        "plan": _ADDRESS,
        "answers": f"{_ADDRESS}/answers",
        "apply": f"{_ADDRESS}/apply",
        "undo": f"{_ADDRESS}/undo",
    },
}
UNDO = {
    **PLAN,
    "mode": None,
    "reason": "it was the file of last year",
    "counts": {"undo": 2, "unchanged": 0, "refuse": 1},
    "verdicts": {"removed": 1, "enrolled": 1, "changed-since": 1},
    "undoes": {"what": "job", "id": "0b1d2c3e-4f5a-4b6c-8d7e-9f0a1b2c3d4e"},
}
