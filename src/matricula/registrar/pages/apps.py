from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class PagesConfig(AppConfig):
    default = True
    name = "matricula.registrar.pages"
    label = "pages"


class AdministrationConfig(admin_apps.AdminConfig):
    default = False
    default_site = "matricula.registrar.pages.administering.Administration"
