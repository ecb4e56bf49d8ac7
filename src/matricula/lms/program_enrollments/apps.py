from django.apps import AppConfig


class ProgramEnrollmentsConfig(AppConfig):
    name = "matricula.lms.program_enrollments"
    label = "program_enrollments"
