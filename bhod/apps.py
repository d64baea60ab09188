from typing import cast

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from bhod.places import ABOVE, NAMES
from bhod_portal.core import menus, places
from bhod_portal.core.menus import Entry


class BhodConfig(AppConfig):
    name = "bhod"
    verbose_name = "BHOD"

    def ready(self) -> None:
        from bhod.permissions import opens_bhod  # noqa: PLC0415  (models are not loaded before)
        from prosante_login.applications import Application, register  # noqa: PLC0415
        from prosante_login.enums import FilePart  # noqa: PLC0415
        from prosante_login.profiles import FILE_MENU  # noqa: PLC0415

        # Still a promise: each reader gets the name in his own language.
        name = cast(str, _("Honoraires de disponibilité (INAMI)"))
        register(Application(name, "bhod:home", opens_bhod))
        own_guards = Entry(FilePart.GUARDS.value, FilePart.GUARDS.label, "bhod:own_guards")
        menus.register(FILE_MENU, own_guards)
        places.register(NAMES, above=ABOVE)
