"""Files by their links: for browsers, which show nothing but the link."""

from typing import IO

from django.http import FileResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from matricula.registrar.files.api import follow_link, open_file
from matricula.registrar.rest.viewing import ApiView


@extend_schema(exclude=True)
class File(ApiView):
    """A file that a job has made, or was given. The link is the permission."""

    is_public = True
    authentication_classes = ()

    def get(self, request: Request, name: str) -> FileResponse:
        """Give a file, to be saved; the link is that of its job's resource, which renews it."""
        signature = request.query_params.get("signature", "")
        stored = follow_link(name=name, signature=signature)
        content = open_file(name=stored.name)
        return answer_file(content, name=stored.download_name, content_type=stored.content_type)


def answer_file(content: IO[bytes], *, name: str, content_type: str = "") -> FileResponse:
    """Answer a file that is saved under a name and kept by nobody on the way."""
    answer = FileResponse(
        content, as_attachment=True, filename=name, content_type=content_type or None
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
