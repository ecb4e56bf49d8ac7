from django.apps import AppConfig


class RateLimitsConfig(AppConfig):
    name = "matricula.lms.rate_limits"
    label = "rate_limits"
