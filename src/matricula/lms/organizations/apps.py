from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "matricula.lms.organizations"
    label = "organizations"
