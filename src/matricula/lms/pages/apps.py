from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "matricula.lms.pages"
    label = "pages"
