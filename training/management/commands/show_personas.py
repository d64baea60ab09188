from typing import Any

from django.core.management.base import BaseCommand

from bhod_portal.core.identifiers import format_niss
from training.demo.people import PASSWORD, PEOPLE, PIN, STAFF, Key

WIDTHS = (2, 16, 16, 11)
HEADINGS = ("NN", "Personne", "NISS", "Clés")


class Command(BaseCommand):
    help = "Print who lives in the demo world, and how each of them identifies himself."

    def handle(self, *args: Any, **options: Any) -> None:
        self._line(*HEADINGS, "Qui")
        self._line(*("-" * width for width in WIDTHS), "-" * 50)
        for persona in PEOPLE:
            keys = ", ".join(str(key) for key in persona.keys) or "–"
            niss = format_niss(persona.niss) or "–"
            self._line(f"{persona.number:02}", persona.name, niss, keys, str(persona.who))
        users = ", ".join(persona.username for persona in PEOPLE if Key.CODES in persona.keys)
        self.stdout.write(f"\neID : code PIN {PIN}")
        self.stdout.write(f"Codes : mot de passe {PASSWORD} ; noms d'utilisateur {users}")
        self.stdout.write(f"Simulateur : {', '.join(each.username for each in STAFF)}, même mot de passe")

    def _line(self, *cells: str) -> None:
        padded = [cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=False)]
        self.stdout.write("  ".join([*padded, *cells[len(WIDTHS) :]]))
