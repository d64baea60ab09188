from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "bhod_portal.core"
    label = "core"
    verbose_name = "noyau"
