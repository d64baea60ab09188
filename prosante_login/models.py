from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from csam.models import Person
from prosante_login.enums import Profession


class CareProvider(models.Model):
    """A person in one health profession, as INAMI knows him. No INAMI number is needed: a visa is enough (seed 003).

    The last three digits of the number are the qualification code (domain.md 5.4).
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="care_providers")
    profession = models.CharField(_("profession"), max_length=10, choices=Profession)
    inami_number = models.CharField(_("numéro INAMI"), max_length=11, blank=True)
    file_ready_on = models.DateField(_("dossier configuré le"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "profession"],
                name="care_provider_profession_once",
                violation_error_code="profession_twice",
                violation_error_message=_("Cette personne exerce déjà cette profession."),
            ),
            models.CheckConstraint(
                name="care_provider_inami_11_digits",
                condition=Q(inami_number="") | Q(inami_number__regex=r"^\d{11}$"),
            ),
        ]
        indexes = [models.Index("inami_number", name="care_provider_by_inami")]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def qualification_code(self) -> str:
        return self.inami_number[-3:]
