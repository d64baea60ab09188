import unicodedata
import uuid
from datetime import date
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.constraints import in_order, paired
from bhod_portal.core.models import World
from bhod_portal.core.periods import covering
from csam.enums import AccessDomain, Language, ManagerKind, Title


def sort_name(first: str, last: str) -> str:
    """What lists of persons sort and search on: last name, first name, lower case, no accents.

    Whoever writes a person sets `Person.sort_name` to it.
    """
    letters = unicodedata.normalize("NFKD", f"{last} {first}".strip().lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


class Person(AbstractUser):
    """Someone of a world: a citizen with a NISS, or a member of the simulator's staff with a user name only.

    NISS and user name are unique within the world, and either may be missing.
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
        ]
        indexes = [models.Index("world", "sort_name", name="person_by_name")]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class EidCard(models.Model):
    """The electronic identity card of a person, as the simulated reader sees it. Blocked after three wrong PINs."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="eid_card")
    pin = models.CharField(_("code PIN haché"), max_length=128)
    wrong_pins = models.PositiveSmallIntegerField(_("codes PIN faux d'affilée"), default=0)
    expires_on = models.DateField(_("date d'expiration"))

    class Meta:
        constraints = [
            models.CheckConstraint(name="eid_card_three_pins_at_most", condition=Q(wrong_pins__lte=3)),
        ]

    def __str__(self) -> str:
        return f"eID {self.person_id}"


class Enterprise(models.Model):
    """An enterprise or organisation as the BCE knows it, and whether it is registered in CSAM."""

    world = models.ForeignKey(World, on_delete=models.PROTECT, related_name="enterprises")
    bce_number = models.CharField(_("numéro d'entreprise"), max_length=10)
    name = models.CharField(_("dénomination"), max_length=200)
    legal_form = models.CharField(_("forme légale"), max_length=60)
    address = models.CharField(_("adresse"), max_length=200)
    onss_number = models.CharField(_("matricule ONSS"), max_length=9, blank=True)
    started_on = models.DateField(_("date de début"))
    stopped_on = models.DateField(_("date d'arrêt"), null=True, blank=True)
    registered_at = models.DateTimeField(_("enregistrée dans CSAM le"), null=True, blank=True)
    registered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "bce_number"], name="enterprise_unique_in_world"),
            in_order("started_on", "stopped_on", name="enterprise_period_in_order"),
            paired("registered_at", "registered_by", name="enterprise_registered_by_someone"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_active(self, on: date) -> bool:
        return self.stopped_on is None or on <= self.stopped_on


class LegalFunctionQuerySet(models.QuerySet["LegalFunction"]):
    def covering(self, day: date) -> Self:
        """Those that hold on that day; both ends of the period are included."""
        return self.filter(covering(day))


class LegalFunction(models.Model):
    """A mandate in the statutes, with signing power, that the BCE recognises (domain.md 2.1)."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="legal_functions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="legal_functions")
    name = models.CharField(_("fonction"), max_length=60)
    valid_from = models.DateField(_("date de début"))
    valid_until = models.DateField(_("date de fin"), null=True, blank=True)

    objects = LegalFunctionQuerySet.as_manager()

    class Meta:
        constraints = [in_order("valid_from", "valid_until", name="legal_function_period_in_order")]

    def __str__(self) -> str:
        return self.name


class EmploymentQuerySet(models.QuerySet["Employment"]):
    def covering(self, day: date) -> Self:
        """Those that hold on that day; both ends of the period are included."""
        return self.filter(covering(day))


class Employment(models.Model):
    """A person who works for an enterprise, as the ONSS knows it."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="employments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="employments")
    valid_from = models.DateField(_("date de début"))
    valid_until = models.DateField(_("date de fin"), null=True, blank=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        constraints = [in_order("valid_from", "valid_until", name="employment_period_in_order")]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.enterprise_id}"


class AccessManagerQuerySet(models.QuerySet["AccessManager"]):
    def active(self) -> Self:
        return self.filter(ended_at=None)


class AccessManager(models.Model):
    """Someone who manages the accesses of an enterprise: GAP, co-GAP, GA of a domain, or DPO."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="access_managers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="access_managers")
    kind = models.CharField(max_length=6, choices=ManagerKind)
    domain = models.CharField(_("domaine"), max_length=15, choices=AccessDomain, blank=True)
    email = models.EmailField(_("adresse e-mail"))
    phone = models.CharField(_("numéro de téléphone"), max_length=30)
    designated_at = models.DateTimeField(_("désigné le"))
    designated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    objects = AccessManagerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"],
                name="access_manager_one_gap",
                condition=Q(kind=ManagerKind.MAIN, ended_at=None),
                violation_error_code="already_registered",
                violation_error_message=_("Cette entreprise a déjà un Gestionnaire d'Accès Principal."),
            ),
            models.UniqueConstraint(
                fields=["enterprise", "person", "kind", "domain"],
                name="access_manager_named_once",
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="access_manager_domain_of_ga_only",
                condition=(Q(kind=ManagerKind.DOMAIN) & ~Q(domain=""))
                | (~Q(kind=ManagerKind.DOMAIN) & Q(domain="")),
            ),
            models.CheckConstraint(
                name="access_manager_ends_after_start",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("designated_at")),
            ),
            paired("ended_at", "ended_by", name="access_manager_ended_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.enterprise_id}"
