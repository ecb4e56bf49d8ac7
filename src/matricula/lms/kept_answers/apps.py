from django.apps import AppConfig


class KeptAnswersConfig(AppConfig):
    name = "matricula.lms.kept_answers"
    label = "kept_answers"
