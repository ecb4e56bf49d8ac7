"""The addresses of the LMS, and below ``api/bench/`` those of what it is compared with."""

from django.urls import path

from bench.rivals import EmptyView, SavedProgramEnrollments, SerializedProgramEnrollments
from matricula.lms.config import urls

urlpatterns = [
    *urls.urlpatterns,
    path("api/bench/empty", EmptyView.as_view()),
    path("api/bench/programs/<uuid:program_uuid>/enrollments/", SavedProgramEnrollments.as_view()),
    path("api/bench/listing", SerializedProgramEnrollments.as_view()),
]
handler500 = urls.handler500
