from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps

from matricula.registrar.pages.labeling import label_administration


class PagesConfig(AppConfig):
    default = True
    name = "matricula.registrar.pages"
    label = "pages"

    def ready(self) -> None:
        label_administration()


class AdministrationConfig(admin_apps.AdminConfig):
    default = False
    default_site = "matricula.registrar.pages.administering.Administration"
