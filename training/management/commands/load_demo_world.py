from typing import Any

from django.core.management.base import BaseCommand

from bhod_portal.core import clock
from training.services.demo import load_demo_world


class Command(BaseCommand):
    help = "Make the demo world; when anyone lives in it already, nothing changes."

    def handle(self, *args: Any, **options: Any) -> None:
        world = load_demo_world(real_now=clock.real_now())
        self.stdout.write(
            f"{world}: {world.persons.exclude(niss='').count()} persons, {world.enterprises.count()} enterprises"
        )
