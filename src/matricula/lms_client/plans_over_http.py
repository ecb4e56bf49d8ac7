"""Plans over HTTP."""

from collections.abc import Iterator, Mapping
from typing import IO, Any
from urllib.parse import quote
from uuid import UUID, uuid4

from matricula.lms_client.calling import Access, Calls, Token, read_json, read_lines
from matricula.lms_client.plan_records import Plan, PlanAnswer
from matricula.lms_client.records import EnrollmentKind, Form, Mode

V2 = "/api/enrollment/v2"
PLANS = f"{V2}/plans"
KINDS = {
    EnrollmentKind.PROGRAM_ENROLLMENTS: "program",
    EnrollmentKind.COURSE_ENROLLMENTS: "course",
}


class PlansOverHttp:
    """The part of an LMS at an address that is about plans."""

    def __init__(self, access: Access, *, token: Token | None = None) -> None:
        """Call nothing yet. Who is made often shares a ``token``, for the LMS counts who asks."""
        self._calls = Calls(access, token=token)
        self._roster_seconds = access.roster_seconds

    def make_plan(
        self,
        program: str,
        file: IO[bytes],
        *,
        kind: EnrollmentKind,
        form: Form,
        mode: Mode = Mode.UPSERT,
        name: str = "",
        reason: str = "",
        key: str = "",
    ) -> Plan:
        """Have what is left of a file judged, row by row, and kept to be applied exactly so."""
        params = {
            "program": program,
            "kind": KINDS[kind],
            "mode": mode.value,
            "name": name,
            "reason": reason,
        }
        return self._post_plan(PLANS, key=key, params=params, body=file, form=form.value)

    def get_plan(self, plan: UUID) -> Plan:
        """Return how a plan stands."""
        told: Plan = read_json(self._calls.call("GET", f"{PLANS}/{plan}"), Plan)
        return told

    def list_plan_answers(self, plan: UUID, *, action: str | None = None) -> Iterator[PlanAnswer]:
        """Return what a plan would do with each row so far, by line; or the rows of one action."""
        answer = self._calls.call(
            "GET",
            f"{PLANS}/{plan}/answers",
            params={"action": action},
            headers={"Accept": Form.NDJSON.value},
            stream=True,
        )
        return read_lines(answer, PlanAnswer)

    def apply_plan(self, plan: UUID, *, key: str = "") -> Plan:
        """Do what a plan shows, or nothing; a short one is applied, a long one applying."""
        return self._post_plan(f"{PLANS}/{plan}/apply", key=key)

    def discard_plan(self, plan: UUID) -> Plan:
        """Give up a plan that is not applied."""
        told: Plan = read_json(self._calls.call("DELETE", f"{PLANS}/{plan}"), Plan)
        return told

    def undo_job(self, job: UUID, *, reason: str = "") -> Plan:
        """Make a plan that takes back what a job has written, as far as it still stands."""
        return self._undo(f"{V2}/jobs/{job}/undo", reason)

    def undo_plan(self, plan: UUID, *, reason: str = "") -> Plan:
        """Make a plan that takes back what an applied one has written; an undo, too."""
        return self._undo(f"{PLANS}/{plan}/undo", reason)

    def undo_request(self, request_id: str, *, program: str, reason: str = "") -> Plan:
        """Make a plan that takes back what we have written to a program under an id of ours."""
        return self._undo(f"{V2}/requests/{quote(request_id)}/undo", reason, program=program)

    def _undo(self, address: str, reason: str, **more: str) -> Plan:
        return self._post_plan(address, params={"reason": reason, **more})

    def _post_plan(
        self,
        address: str,
        *,
        key: str = "",
        params: Mapping[str, Any] | None = None,
        body: bytes | IO[bytes] | None = None,
        form: str = "",
    ) -> Plan:
        answer = self._calls.call(
            "POST",
            address,
            params=params,
            body=body,
            headers={"Idempotency-Key": key or str(uuid4()), **_content_type(form)},
            read_seconds=self._roster_seconds,
        )
        told: Plan = read_json(answer, Plan)
        return told


def _content_type(form: str) -> dict[str, str]:
    return {"Content-Type": form} if form else {}
