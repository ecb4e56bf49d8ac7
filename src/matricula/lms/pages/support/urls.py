"""The addresses of the pages of support."""

from django.urls import URLPattern, path

from matricula.lms.pages.masquerading import begin_looking, stop_looking
from matricula.lms.pages.support.linking import link, unlink
from matricula.lms.pages.support.listing import list_waiting_in_programs
from matricula.lms.pages.support.merging import merge
from matricula.lms.pages.support.operating import operate, send_again
from matricula.lms.pages.support.picturing import show_account, show_named, show_student
from matricula.lms.pages.support.recounting import recount
from matricula.lms.pages.support.resolving import resolve, show_conflicts
from matricula.lms.pages.support.retiring import retire
from matricula.lms.pages.support.searching import search
from matricula.lms.pages.support.withdrawing import withdraw

urlpatterns: list[URLPattern] = [
    path("support", search, name="support"),
    path("support/masquerade", begin_looking, name="begin_looking"),
    path("support/masquerade/stop", stop_looking, name="stop_looking"),
    path("support/learners/<path:username>", show_account, name="support_learner"),
    path("support/waiting", show_named, name="support_waiting"),
    path("support/waiting-in", list_waiting_in_programs, name="support_waiting_in"),
    path(
        "support/waiting/<str:organization>/<path:key>",
        show_student,
        name="support_waiting_student",
    ),
    path("support/history", recount, name="support_history"),
    path("support/conflicts", show_conflicts, name="support_conflicts"),
    path("support/conflicts/<int:conflict_id>", resolve, name="support_conflict"),
    path("support/link", link, name="support_link"),
    path("support/unlink", unlink, name="support_unlink"),
    path("support/merge", merge, name="support_merge"),
    path("support/withdraw", withdraw, name="support_withdraw"),
    path("support/retire", retire, name="support_retire"),
    path("support/operating", operate, name="support_operating"),
    path("support/operating/mail", send_again, name="support_send_again"),
]
