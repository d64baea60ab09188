from django.apps import AppConfig


class BhodConfig(AppConfig):
    name = "bhod"
    verbose_name = "BHOD"
