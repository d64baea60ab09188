import uuid
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.constraints import paired
from bhod_portal.core.models import World
from bhod_portal.core.names import plain
from csam.enums import Language, StaffRole, Title


def sort_name(first: str, last: str) -> str:
    """What lists of persons sort and search on: last name, first name, lower case, no accents.

    Whoever writes a person sets `Person.sort_name` to it.
    """
    return plain(f"{last} {first}")


class Person(AbstractUser):
    """Someone of a world: a citizen with a NISS, or a member of the simulator's staff with a user name only.

    NISS and user name are unique within the world, and either may be missing. `temporary_password_until` (the
    world's time) is set while the password is one that was given: its holder must choose his own before then.
    While `codes_blocked_at` is set, user name and password open nothing; other keys do.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="persons")
    username = models.CharField(_("nom d'utilisateur"), max_length=150, blank=True)
    niss = models.CharField(_("NISS"), max_length=11, blank=True)
    title = models.CharField(_("titre"), max_length=3, choices=Title, blank=True)
    language = models.CharField(
        _("choix linguistique"), max_length=2, choices=Language, default=Language.FRENCH
    )
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    temporary_password_until = models.DateTimeField(
        _("mot de passe temporaire jusqu'au"), null=True, blank=True
    )
    codes_blocked_at = models.DateTimeField(_("codes d'accès bloqués le"), null=True, blank=True)
    codes_blocked_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    staff_role = models.CharField(_("rôle dans le simulateur"), max_length=8, choices=StaffRole, blank=True)
    # The server sorts by code point (no ICU): lists sort and search on this column, without accents.
    sort_name = models.CharField(max_length=300, editable=False)

    USERNAME_FIELD = "public_id"
    REQUIRED_FIELDS = ["world"]

    objects: ClassVar[UserManager[Self]] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "world",
                Lower("username"),
                name="person_username_unique_in_world",
                condition=~Q(username=""),
                violation_error_code="username_taken",
                violation_error_message=_("Ce nom d'utilisateur est déjà pris."),
            ),
            models.UniqueConstraint(
                fields=["world", "niss"], name="person_niss_unique_in_world", condition=~Q(niss="")
            ),
            paired("codes_blocked_at", "codes_blocked_by", name="person_codes_blocked_by_someone"),
        ]
        indexes = [
            models.Index("world", "sort_name", name="person_by_name"),
            GinIndex(OpClass("sort_name", name="gin_trgm_ops"), name="person_by_part_of_name"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username
