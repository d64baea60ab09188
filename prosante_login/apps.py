from django.apps import AppConfig

from bhod_portal.core import places
from prosante_login.places import ABOVE, NAMES


class ProsanteLoginConfig(AppConfig):
    name = "prosante_login"
    verbose_name = "ProSanté"

    def ready(self) -> None:
        from access_mgmt.applications import register_doctors  # noqa: PLC0415  (models are not loaded before)
        from prosante_login.selectors import is_physician  # noqa: PLC0415

        register_doctors(is_physician)
        places.register(NAMES, above=ABOVE)
