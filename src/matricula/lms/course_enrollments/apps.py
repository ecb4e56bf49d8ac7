from django.apps import AppConfig


class CourseEnrollmentsConfig(AppConfig):
    name = "matricula.lms.course_enrollments"
    label = "course_enrollments"
