from django.apps import AppConfig


class CsamConfig(AppConfig):
    name = "csam"
    verbose_name = "CSAM"
