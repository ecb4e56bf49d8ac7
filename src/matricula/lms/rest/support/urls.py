"""The addresses of the support tool; it writes some with a slash at the end and some without."""

from django.urls import re_path

from matricula.lms.rest.support import views

urlpatterns = [
    re_path(r"^link_program_enrollments_details/?$", views.LinkProgramEnrollments.as_view()),
    re_path(
        r"^program_enrollments_inspector_details/?$", views.InspectProgramEnrollments.as_view()
    ),
    re_path(r"^get_saml_providers/?$", views.SchoolsWithSignOn.as_view()),
    re_path(r"^sso_records/(?P<asked>[^/]*)/?$", views.SignOnRecords.as_view()),
]
