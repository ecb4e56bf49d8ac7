from django.apps import AppConfig


class RateLimitsConfig(AppConfig):
    name = "matricula.service.rate_limits"
    label = "rate_limits"
