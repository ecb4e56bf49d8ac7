"""The addresses of the LMS, and below ``bench/`` those of what it is compared with."""

from django.urls import path

from bench.rivals import EmptyView, SavedProgramEnrollments, SerializedProgramEnrollments
from matricula.lms.config import urls

urlpatterns = [
    *urls.urlpatterns,
    path("bench/empty", EmptyView.as_view()),
    path("bench/programs/<uuid:program_uuid>/enrollments/", SavedProgramEnrollments.as_view()),
    path("bench/listing", SerializedProgramEnrollments.as_view()),
]
handler500 = urls.handler500
