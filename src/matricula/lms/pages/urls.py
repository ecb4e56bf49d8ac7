"""The addresses of the pages."""

from allauth.account import views as account
from allauth.socialaccount import views as schools
from django.urls import URLPattern, path, re_path

from matricula.lms.pages.authorizing import authorize
from matricula.lms.pages.confirming import Addresses, confirm_address
from matricula.lms.pages.joining import show_schools
from matricula.lms.pages.limiting import limited
from matricula.lms.pages.overview import show_dashboard
from matricula.lms.pages.parting import close_account, download_data, say_goodbye, show_data
from matricula.lms.pages.registering import Register
from matricula.lms.pages.remembering import show_history
from matricula.lms.pages.signing_in import SignIn, SignOut, show_home
from matricula.lms.pages.staying import show_sessions
from matricula.lms.pages.studying import find_course, show_course, show_program
from matricula.lms.pages.support.urls import urlpatterns as support

sign_in = limited("sign-in", tries="login")(SignIn.as_view())
sign_out = SignOut.as_view()
register = limited("register", mails="email")(Register.as_view())
addresses = limited("mail", mails="email", buttons=("action_add", "action_send"))(
    Addresses.as_view()
)
change_password = limited("password", tries="me")(account.password_change)
once_more = limited("password", tries="me")(account.reauthenticate)
forget_password = limited("mail", mails="email")(account.password_reset)
reset_password = limited("password")(account.password_reset_from_key)
close = limited("password", tries="me")(close_account)

# Names are allauth's, by which it finds its own pages.
urlpatterns: list[URLPattern] = [
    path("", show_home, name="home"),
    re_path(r"^dashboard/?$", show_dashboard, name="dashboard"),
    path("dashboard/programs/<uuid:uuid>", show_program, name="program"),
    path("dashboard/courses", find_course, name="find_course"),
    path("dashboard/courses/<path:key>", show_course, name="course"),
    path("dashboard/history", show_history, name="history"),
    *support,
    re_path(r"^login/?$", sign_in, name="account_login"),
    re_path(r"^logout/?$", sign_out, name="account_logout"),
    re_path(r"^oauth2/authorize/?$", authorize, name="authorize"),
    re_path(r"^register/?$", register, name="account_signup"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("verify", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^verify/(?P<key>[-:\w]{1,200})$", confirm_address, name="account_confirm_email"),
    path("account/addresses", addresses, name="account_email"),
    path("account/again", once_more, name="account_reauthenticate"),
    path("account/password", change_password, name="account_change_password"),
    path("account/password/first", account.password_set, name="account_set_password"),
    path("account/sessions", show_sessions, name="sessions"),
    path("account/data", show_data, name="own_data"),
    path("account/data/download", download_data, name="download_data"),
    path("account/close", close, name="close_account"),
    path("goodbye", say_goodbye, name="closed"),
    path("account/schools", show_schools, name="socialaccount_connections"),
    path("reset", forget_password, name="account_reset_password"),
    path("reset/sent", account.password_reset_done, name="account_reset_password_done"),
    path(
        "reset/done",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^reset/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[^/]{1,200})$",
        reset_password,
        name="account_reset_password_from_key",
    ),
    path("sign-on/canceled", schools.login_cancelled, name="socialaccount_login_cancelled"),
    path("sign-on/error", schools.login_error, name="socialaccount_login_error"),
    path("sign-on/register", schools.signup, name="socialaccount_signup"),
]
