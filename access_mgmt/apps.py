from django.apps import AppConfig


class AccessMgmtConfig(AppConfig):
    name = "access_mgmt"
    verbose_name = "Gestion des accès"
