"""Which view answers at which address; a slash at the end is optional everywhere."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from matricula.registrar.rest import (
    cache,
    copies,
    downloads,
    enrollments,
    files,
    jobs,
    programs,
    reports,
    schema,
    uploads,
    watching,
)

PROGRAM = r"^programs/(?P<key>[^/]+)"
JOB = r"^jobs/(?P<job_id>[^/]+)"


def list_addresses(version: str) -> list[URLPattern]:
    """List the addresses of version 1 or 2; they are the same but for their names."""
    return [
        re_path(r"^programs/?$", programs.Programs.as_view()),
        re_path(rf"{PROGRAM}/?$", programs.Program.as_view()),
        re_path(rf"{PROGRAM}/courses/?$", programs.ProgramCourses.as_view()),
        re_path(rf"{PROGRAM}/enrollments/?$", enrollments.ProgramEnrollments.as_view()),
        re_path(rf"{PROGRAM}/enrollments/upload/?$", uploads.ProgramUpload.as_view()),
        re_path(rf"{PROGRAM}/course_enrollments/upload/?$", uploads.CourseUpload.as_view()),
        re_path(
            rf"{PROGRAM}/courses/(?P<course>.+?)/enrollments/?$",
            enrollments.CourseEnrollments.as_view(),
        ),
        re_path(rf"{PROGRAM}/course_enrollments/?$", downloads.AllCoursesDownload.as_view()),
        re_path(rf"{PROGRAM}/courses/(?P<course>.+)/grades/?$", downloads.Grades.as_view()),
        re_path(rf"{PROGRAM}/reports/?$", reports.Reports.as_view()),
        re_path(rf"{PROGRAM}/approvals/?$", uploads.Approvals.as_view()),
        *list_addresses_of_jobs(version),
    ]


def list_addresses_of_jobs(version: str) -> list[URLPattern]:
    """List the addresses of jobs, which every version has."""
    return [
        re_path(r"^jobs/?$", jobs.Jobs.as_view()),
        re_path(r"^jobs/finished/?$", jobs.FinishedJobs.as_view()),
        re_path(rf"{JOB}/?$", jobs.JobView.as_view(), name=f"{version}-job"),
        re_path(rf"{JOB}/cancel/?$", jobs.JobCancel.as_view()),
        re_path(rf"{JOB}/retry/?$", jobs.JobRetry.as_view()),
        re_path(rf"{JOB}/approve/?$", uploads.JobApprove.as_view()),
        re_path(rf"{JOB}/reject/?$", uploads.JobReject.as_view()),
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^health/?$", watching.Health.as_view()),
    re_path(r"^csrf/api/v1/token/?$", watching.CsrfToken.as_view()),
    re_path(r"^api-docs/?$", schema.SchemaView.as_view()),
    path("api/v1/", include(list_addresses("v1"))),
    path("api/v2/", include(list_addresses("v2"))),
    path(
        "api/v3/",
        include(
            [
                re_path(r"^programs/?$", programs.PagedPrograms.as_view()),
                re_path(rf"{PROGRAM}/copy/?$", copies.ProgramCopy.as_view()),
                *list_addresses_of_jobs("v3"),
            ]
        ),
    ),
    re_path(r"^files/(?P<name>.+)$", files.File.as_view()),
    re_path(r"^reports/(?P<name>.+)$", reports.ReportFile.as_view()),
    re_path(r"^api/internal/cache/?$", cache.Cache.as_view()),
    re_path(r"^api/internal/cache/(?P<key>[^/]+)/?$", cache.Cache.as_view()),
]
