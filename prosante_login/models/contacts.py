from django.db import models
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.constraints import in_order
from csam.models import Person
from prosante_login.enums import ContactRole


class AdministrativeContact(models.Model):
    """A person whom INAMI knows and who is no care provider: an administrative role in an institution or a group.

    Both ends of the period are included (seed 003, last answer).
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="administrative_contacts")
    role = models.CharField(_("rôle"), max_length=12, choices=ContactRole)
    institution = models.CharField(_("établissement ou groupement"), max_length=120)
    valid_from = models.DateField(_("depuis"))
    valid_until = models.DateField(_("jusqu'au"), null=True, blank=True)

    class Meta:
        constraints = [in_order("valid_from", "valid_until", name="administrative_contact_period_in_order")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} @ {self.institution}"
