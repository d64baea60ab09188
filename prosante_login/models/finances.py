from django.db import models
from django.db.models import F, Func, IntegerField, Q, Value
from django.utils.translation import gettext_lazy as _

from bhod_portal.core.constraints import paired
from csam.models import Enterprise, Person
from prosante_login.enums import FeeType
from prosante_login.models.providers import CareProvider

# The fiscal beneficiary of an income year may change until this day of the next year, included (domain.md 1.6).
LAST_MONTH, LAST_DAY = 5, 31


class ProviderAccount(models.Model):
    """The account on which a provider is paid one type of fee, from a day on (Brussels); never the circle's business.

    On a day the account is the standing one that is used from the latest day before it. One that was withdrawn stays as
    history. IBAN in its bare form.
    """

    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="accounts")
    fee_type = models.CharField(_("type d'honoraires"), max_length=13, choices=FeeType)
    iban = models.CharField(_("numéro de compte (IBAN)"), max_length=34)
    used_from = models.DateField(_("utilisé à partir du"))
    registered_at = models.DateTimeField(_("enregistré le"))
    registered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "fee_type", "used_from"],
                name="provider_account_one_per_day",
                condition=Q(withdrawn_at=None),
                violation_error_code="account_twice",
                violation_error_message=_("Un autre compte est déjà prévu à partir de ce jour."),
            ),
            models.CheckConstraint(
                name="provider_account_iban_bare",
                condition=Q(iban__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"),
            ),
            paired("withdrawn_at", "withdrawn_by", name="provider_account_withdrawn_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.fee_type} {self.provider_id}"


class _MakeDate(Func):
    function = "make_date"
    output_field = models.DateField()


class FiscalBeneficiary(models.Model):
    """For whose taxes a type of fee of an income year counts: the provider himself, or an enterprise.

    A year without a row follows the last year before it that has one; without any, it is the provider himself
    (domain.md 1.6: nothing need be repeated). `set_on` is the day in Brussels of `set_at`.
    """

    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="fiscal_beneficiaries")
    fee_type = models.CharField(_("type d'honoraires"), max_length=13, choices=FeeType)
    income_year = models.PositiveSmallIntegerField(_("année de revenus"))
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="fiscal_benefits", null=True, blank=True
    )
    set_at = models.DateTimeField(_("modifié le"))
    set_on = models.DateField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(_("remplacé le"), null=True, blank=True)
    replaced_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "fee_type", "income_year"],
                name="fiscal_beneficiary_one_per_year",
                condition=Q(replaced_at=None),
                violation_error_code="beneficiary_twice",
                violation_error_message=_("Le bénéficiaire fiscal de cette année vient d'être modifié."),
            ),
            models.CheckConstraint(
                name="fiscal_beneficiary_set_in_time",
                condition=Q(
                    set_on__lte=_MakeDate(
                        F("income_year") + 1,
                        Value(LAST_MONTH, IntegerField()),
                        Value(LAST_DAY, IntegerField()),
                    )
                ),
                violation_error_code="year_closed",
                violation_error_message=_(
                    "Le bénéficiaire fiscal d'une année peut être modifié jusqu'au 31 mai de l'année suivante."
                ),
            ),
            paired("replaced_at", "replaced_by", name="fiscal_beneficiary_replaced_by_someone"),
        ]

    def __str__(self) -> str:
        return f"{self.income_year} {self.fee_type} {self.provider_id}"
