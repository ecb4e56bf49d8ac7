from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "matricula.lms.clients"
    label = "clients"

    def ready(self) -> None:
        """Note sessions by ourselves: the library looks through all of an account at each."""
        from allauth.account.signals import user_logged_in  # noqa: PLC0415  apps are loaded by now
        from allauth.usersessions.signals import on_user_logged_in  # noqa: PLC0415  as above

        from matricula.lms.clients.browsing import note_session  # noqa: PLC0415  as above

        user_logged_in.disconnect(on_user_logged_in)
        user_logged_in.connect(note_session)
