from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from bhod_portal.core import places
from bhod_portal.core.menus import REFUSALS, WHY, WHY_MEMBER, Entry, register
from training.places import ABOVE, NAMES


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = "formation"

    def ready(self) -> None:
        register(REFUSALS, Entry(WHY, _("Pourquoi ? Voir, étape par étape, ce qui manque"), "training:why"))
        label = _("Pourquoi cette personne ne voit-elle pas l'organisation ?")
        register(REFUSALS, Entry(WHY_MEMBER, label, "training:why_member"))
        places.register(NAMES, above=ABOVE)
