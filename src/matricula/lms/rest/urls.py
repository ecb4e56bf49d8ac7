"""Which surface answers at which address."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from matricula.lms.rest.enrollment_v2.health import HealthView
from matricula.lms.rest.enrollment_v2.schema import SchemaView

urlpatterns: list[URLPattern | URLResolver] = [
    # Tried in this order: first what is asked for all the time.
    path("api/program_enrollments/v1/", include("matricula.lms.rest.program_enrollments_v1.urls")),
    path("api/enrollment/v1/", include("matricula.lms.rest.enrollment_v1.urls")),
    path("api/enrollment/v2/", include("matricula.lms.rest.enrollment_v2.urls")),
    re_path(r"^health/?$", HealthView.as_view()),
    re_path(r"^api/schema/?$", SchemaView.as_view()),
    path("", include("matricula.lms.rest.tokens.urls")),
    path("api/bulk_enroll/v1/", include("matricula.lms.rest.bulk_enroll_v1.urls")),
    path("api/user/v1/", include("matricula.lms.rest.accounts_v1.urls")),
    path("api/v1/", include("matricula.lms.rest.catalog_v1.urls")),
    path("support/", include("matricula.lms.rest.support.urls")),
    path("api/edx_name_affirmation/v1/", include("matricula.lms.rest.support.name_urls")),
]
