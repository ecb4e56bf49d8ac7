from django.apps import AppConfig


class DownloadsConfig(AppConfig):
    name = "matricula.registrar.downloads"
    label = "downloads"
