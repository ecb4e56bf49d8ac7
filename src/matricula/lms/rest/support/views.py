"""What edX's support tool asks. It shows what an answer says, so most refusals are answers too."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.access.api import (
    Permission,
    PermissionMissing,
    list_permitted_organizations,
    require_permission_somewhere,
)
from matricula.lms.accounts.api import UnknownAccount
from matricula.lms.learners.api import recount_bindings
from matricula.lms.organizations.api import list_organizations
from matricula.lms.program_enrollments.api import link_students
from matricula.lms.rest.support import pairing, sentences, shapes
from matricula.lms.rest.support.forms import BoundedFormParser, BoundedMultiPartParser
from matricula.lms.rest.support.searching import Asked, search
from matricula.lms.rest.viewing import ApiView


@extend_schema(exclude=True)
class SupportView(ApiView):
    """For those alone who support some school."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Ask for the permission, before anything is looked at."""
        super().initial(request, *args, **kwargs)
        require_permission_somewhere(self.by, Permission.IDENTITIES_LINK)


class LinkProgramEnrollments(SupportView):
    """Link students of a program to accounts."""

    parser_classes = (BoundedMultiPartParser, BoundedFormParser)

    def post(self, request: Request) -> Response:
        """Link what can be, and say in sentences what cannot."""
        program_uuid = request.POST.get("program_uuid", "")
        text = request.POST.get("username_pair_text", "")
        try:
            told = self._link(program_uuid, text)
        except pairing.Unpairable as refusal:
            told = {"successes": [], "errors": [str(refusal)]}
        return Response({**told, "program_uuid": program_uuid, "username_pair_text": text})

    def _link(self, program_uuid: str, text: str) -> dict[str, list[str]]:
        if not program_uuid.strip() or not text.strip():
            raise pairing.Unpairable(sentences.BOTH_NEEDED)
        program = pairing.find_program(program_uuid)
        links = pairing.read_links(text)
        try:
            verdicts = link_students(
                program=program, links=links, by=self.by, at=self.at, reason=sentences.REASON
            )
        except PermissionMissing:
            raise pairing.unknown_program(program_uuid) from None
        return pairing.tell(links, verdicts)


class InspectProgramEnrollments(SupportView):
    """Look at the program enrollments of one person."""

    def get(self, request: Request) -> Response:
        """Answer with them, or say why there is nobody."""
        asked = Asked(
            **{name: request.query_params.get(name, "") for name in Asked.__struct_fields__}
        )
        return Response(search(asked, by=self.by))


class SchoolsWithSignOn(SupportView):
    """The schools that an external key may be of."""

    def get(self, request: Request) -> Response:
        """List the keys of those that the caller may read about."""
        del request
        permitted = list_permitted_organizations(self.by, Permission.ENROLLMENTS_READ)
        return Response(
            [
                organization.key
                for organization in list_organizations()
                if permitted is None or organization.pk in permitted
            ]
        )


class SignOnRecords(SupportView):
    """The student keys of one account, and how it came by them."""

    def get(self, request: Request, asked: str) -> Response:
        """List them; of nobody whom the caller may see there are none."""
        del request
        try:
            keys = recount_bindings(asked=asked, by=self.by)
        except UnknownAccount:
            keys = []
        return Response([shapes.shape_key(key) for key in keys])


class VerifiedNames(SupportView):
    """The names that papers have proven. None are looked at here, so nobody has any."""

    def get(self, request: Request) -> Response:
        """List none."""
        del request
        return Response({"results": []})
