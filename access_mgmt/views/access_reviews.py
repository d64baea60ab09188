"""The yearly review « confirmer ou mettre fin » of a quality, and its record."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from access_mgmt.enums import ReviewOutcome
from access_mgmt.models import AccessReview, Quality
from access_mgmt.selectors import access_reviews as reviews
from access_mgmt.services import access_reviews, review_exports
from access_mgmt.services.access_reviews import Decided
from access_mgmt.views.common import QualityView
from access_mgmt.views.member_lists import PAGE_SIZE
from bhod_portal.core.http import csv_file
from bhod_portal.core.keys import keys_in
from csam.http import AuthenticatedRequest

RECORD = "releve"
_CONFIRM, _END = "confirmer", "finir"


class ReviewListView(QualityView, TemplateView):
    """The reviews of a quality, and whether one is due; the button begins one."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/review_list.html"
    menu_entry = "roles"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            review = access_reviews.start_review(quality=self.quality, by=self.person, at=self.at)
        except ValidationError as refusal:
            messages.info(request, " ".join(refusal.messages))
            return redirect("access_mgmt:review_list", quality_pk=self.quality.pk)
        return redirect("access_mgmt:review_detail", quality_pk=self.quality.pk, review_pk=review.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = reviews.reviews_of(self.quality)
        return super().get_context_data(**kwargs) | {
            "open_review": reviews.open_review(self.quality),
            "due": reviews.is_review_due(self.quality, on=self.today),
            "page_obj": Paginator(held, PAGE_SIZE).get_page(self.request.GET.get("page")),
            "columns": [
                _("Commencée le"),
                _("Par"),
                _("Clôturée le"),
                _("Par"),
                _("Confirmées"),
                _("Fins décidées"),
                _("Action"),
            ],
        }


class ReviewView(QualityView):
    """A page about one review."""

    review: AccessReview
    menu_entry = "roles"

    def load_quality(self) -> Quality:
        quality = super().load_quality()
        self.review = get_object_or_404(
            AccessReview.objects.select_related("opened_by", "closed_by"),
            quality=quality,
            pk=self.kwargs["review_pk"],
        )
        self.review.quality = quality
        return quality

    def to_review(self) -> HttpResponse:
        return redirect("access_mgmt:review_detail", quality_pk=self.quality.pk, review_pk=self.review.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "review": self.review,
            "progress": reviews.review_progress(self.review, at=self.at),
        }


class ReviewDetailView(ReviewView, TemplateView):
    """What is left to decide, to be ticked; `?liste=releve`, and once it is closed, all that it says."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/review_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review = self.review
        record = review.closed_at is not None or self.request.GET.get("liste") == RECORD
        found = reviews.review_record(review) if record else reviews.left_to_review(review, at=self.at)
        page = Paginator(found, PAGE_SIZE).get_page(self.request.GET.get("page"))
        as_of = review.closed_at or self.at
        dates = [_("Date de début"), _("Date de fin")]
        return super().get_context_data(**kwargs) | {
            "shows_record": record,
            "page_obj": page,
            "query": urlencode({"liste": RECORD}) if record else "",
            "rows": [review_exports.review_line(each, at=as_of) for each in page] if record else list(page),
            "columns": [_("Personne"), _("Fonction"), *dates, _("Décision")]
            if record
            else [_("Choisir"), _("Personne"), _("Fonction"), *dates, _("Action")],
        }


class ReviewDecideView(ReviewView, TemplateView):
    """Confirms at once; what is to end is shown first, and ends when that page is confirmed."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/review_decide.html"

    def elsewhere(self) -> HttpResponse | None:
        if self.request.method == "POST":
            return None
        self.ending = list(reviews.left_to_review(self.review, at=self.at).filter(pk__in=self.chosen()))
        return None if self.ending and self.review.closed_at is None else self.nothing_chosen()

    def nothing_chosen(self) -> HttpResponse:
        messages.info(self.request, _("Choisissez d'abord des fonctions qui restent à décider."))
        return self.to_review()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen, ends = self.chosen(), _END in request.POST
        if not chosen:
            return self.nothing_chosen()
        if ends and "verifie" not in request.POST:
            address = reverse("access_mgmt:review_decide", args=[self.quality.pk, self.review.pk])
            return redirect(f"{address}?{urlencode({'fonction': chosen}, doseq=True)}")
        outcome = ReviewOutcome.ENDED if ends else ReviewOutcome.CONFIRMED
        try:
            decided = access_reviews.decide(
                review=self.review, assignments=chosen, outcome=outcome, by=self.person, at=self.at
            )
        except ValidationError as refusal:
            messages.info(request, " ".join(refusal.messages))
        else:
            self.tell(decided, outcome)
        return self.to_review()

    def tell(self, decided: Decided, outcome: ReviewOutcome) -> None:
        done = len(decided.done)
        if done and outcome == ReviewOutcome.CONFIRMED:
            sentence = ngettext(
                "%(number)d fonction est confirmée.", "%(number)d fonctions sont confirmées.", done
            )
            messages.success(self.request, sentence % {"number": done})
        elif done:
            sentence = ngettext(
                "%(number)d fonction prend fin dans un délai maximal de 20 minutes.",
                "%(number)d fonctions prennent fin dans un délai maximal de 20 minutes.",
                done,
            )
            messages.success(self.request, sentence % {"number": done})
        for assignment, refusal in decided.refused:
            messages.warning(
                self.request,
                _("%(name)s, %(function)s : %(why)s")
                % {
                    "name": assignment.member.person,
                    "function": assignment.get_function_display(),
                    "why": " ".join(refusal.messages),
                },
            )

    def chosen(self) -> list[int]:
        """The function of the row whose button was pressed, all of the page, or the ticked ones."""
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        pressed = [data[name] for name in (_CONFIRM, _END) if data.get(name)]
        numbers = pressed or data.getlist("page" if "toutes" in data else "fonction")
        return keys_in(numbers[:PAGE_SIZE])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "ending": self.ending,
            "columns": [_("Personne"), _("Fonction"), _("Date de début"), _("Date de fin")],
        }


class ReviewCloseView(ReviewView, TemplateView):
    """What closing means: what was decided, and what is left."""

    request: AuthenticatedRequest
    template_name = "access_mgmt/review_close.html"

    def elsewhere(self) -> HttpResponse | None:
        if self.request.method == "POST" or self.review.closed_at is None:
            return None
        return self.to_review()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            closed = access_reviews.close_review(
                review=self.review, early="sans-elles" in request.POST, by=self.person, at=self.at
            )
        except ValidationError as refusal:
            messages.info(request, " ".join(refusal.messages))
            return redirect("access_mgmt:review_close", quality_pk=self.quality.pk, review_pk=self.review.pk)
        if closed:
            messages.success(request, _("La révision est clôturée ; son relevé reste consultable ici."))
        else:
            # A second click, or another manager was faster.
            messages.info(request, _("Cette révision était déjà clôturée."))
        return self.to_review()


class ReviewExportView(ReviewView):
    """The record of a review as a file; a line of the trail is all that it writes."""

    http_method_names = ["get", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = review_exports.export_review(review=self.review, by=self.person, at=self.at)
        name = f"revision-{self.quality.enterprise.bce_number}-{self.review.opened_at:%Y-%m-%d}.csv"
        return csv_file(rows, name)
