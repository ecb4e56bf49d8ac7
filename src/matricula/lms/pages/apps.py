from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig

from matricula.lms.pages.administration.labeling import label_administration


class PagesConfig(AppConfig):
    default = True
    name = "matricula.lms.pages"
    label = "pages"

    def ready(self) -> None:
        for each in ("giving_roles", "reading_ledger", "showing"):  # nobody else looks for them
            import_module(f"matricula.lms.pages.administration.{each}")
        label_administration()


class AdministrationConfig(SimpleAdminConfig):
    default = False
    default_site = "matricula.lms.pages.administration.admitting.Administration"
