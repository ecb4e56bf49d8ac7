"""The addresses of pages. A program's key may have slashes: what stands behind it comes first."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path, re_path

from matricula.registrar.pages import assigning, deciding, fetching, following, presenting
from matricula.registrar.pages.home import show_home
from matricula.registrar.pages.signing_in import complete_sign_in, sign_in, sign_out
from matricula.registrar.pages.uploading.urls import urlpatterns as uploading

urlpatterns: list[URLPattern | URLResolver] = [
    path("", show_home, name="home"),
    re_path(r"^login/?$", sign_in, name="sign_in"),
    path("login/complete", complete_sign_in, name="complete_sign_in"),
    re_path(r"^logout/?$", sign_out, name="sign_out"),
    path("admin/", admin.site.urls),
    path("programs/<path:key>/counts", presenting.refresh_counts, name="counts"),
    path("programs/<path:key>/waiting", presenting.show_waiting, name="waiting"),
    path("programs/<path:key>/students", presenting.show_student, name="students"),
    path("programs/<path:key>/download", fetching.download, name="download"),
    path("programs/<path:key>/reports", fetching.show_reports, name="reports"),
    *uploading,
    path("programs/<path:key>", presenting.show_program, name="program"),
    path("jobs", following.show_jobs, name="jobs"),
    path("jobs/<uuid:uuid>", following.show_job, name="job"),
    path("jobs/<uuid:uuid>/cancel", following.stop_job, name="cancel_job"),
    path("jobs/<uuid:uuid>/retry", following.repeat_job, name="retry_job"),
    path("approvals", deciding.show_approvals, name="approvals"),
    path("approvals/<uuid:uuid>", deciding.decide, name="decide"),
    path("people", assigning.show_people, name="people"),
    path("people/<int:assignment>/take", assigning.take, name="take_role"),
]
