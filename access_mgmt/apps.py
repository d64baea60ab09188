from django.apps import AppConfig

from access_mgmt.places import ABOVE, NAMES
from bhod_portal.core import health, metrics, places


class AccessMgmtConfig(AppConfig):
    name = "access_mgmt"
    verbose_name = "Gestion des accès"

    def ready(self) -> None:
        from access_mgmt.services import propagation_state  # noqa: PLC0415  (models, which are ready from here on)

        health.register(propagation_state.propagation)
        metrics.register(propagation_state.metrics)
        places.register(NAMES, above=ABOVE)
