from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "matricula.lms.people"
    label = "people"
