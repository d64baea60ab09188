from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

# When what the page says was last gone through, point by point.
LAST_CHECKED = date(2026, 11, 22)


@method_decorator(login_not_required, name="dispatch")
class AccessibilityView(TemplateView):
    """How accessible the simulator is, in the sections that the EU model asks of public bodies (decision 2018/1523)."""

    template_name = "core/accessibility.html"
    extra_context = {"last_checked": LAST_CHECKED}
