"""The addresses of uploads."""

from django.urls import URLPattern, path

from matricula.registrar.pages.uploading import choosing, deciding, handing_out

urlpatterns: list[URLPattern] = [
    path("programs/<path:key>/upload", choosing.choose_file, name="upload"),
    path("programs/<path:key>/upload/template", choosing.give_template, name="upload_template"),
    path("jobs/<uuid:uuid>/apply", deciding.apply, name="apply_plan"),
    path("jobs/<uuid:uuid>/discard", deciding.discard, name="discard_plan"),
    path("jobs/<uuid:uuid>/again", deciding.again, name="plan_again"),
    path("jobs/<uuid:uuid>/undo", deciding.undo, name="plan_undo"),
    path("jobs/<uuid:uuid>/corrections", handing_out.give_corrections, name="corrections"),
    path("jobs/<uuid:uuid>/missing", handing_out.give_missing, name="missing"),
]
