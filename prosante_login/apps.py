from django.apps import AppConfig


class ProsanteLoginConfig(AppConfig):
    name = "prosante_login"
    verbose_name = "ProSanté"
