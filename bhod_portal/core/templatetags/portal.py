"""What templates need beyond Django: numbers as the forms print them, form controls, the chain, the time."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from django import forms, template
from django.core.paginator import Paginator
from django.forms.boundfield import BoundField, BoundWidget
from django.template.context import Context
from django.template.loader import get_template
from django.urls import URLResolver, get_resolver, get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from bhod_portal.core import chain as steps
from bhod_portal.core import clock, identifiers, menus, names, places
from bhod_portal.core.parts import render_part
from bhod_portal.core.rows import render_rows
from bhod_portal.core.shown import shown_instant
from bhod_portal.core.ui import Column

register = template.Library()

register.filter("niss", identifiers.format_niss)
register.filter("bce", identifiers.format_bce)
register.filter("inami", identifiers.format_inami)
register.filter("onss", identifiers.format_onss)
register.filter("iban", identifiers.format_iban)
register.simple_tag(render_rows, name="plain_rows")
register.simple_tag(render_part, name="part")

# The longest text that still gets a narrow control: a box says how much is expected in it.
SHORT, MEDIUM = 12, 30
# Outside of tags: words such as « e-mail », the references of requests, and how a date is typed.
_UNBROKEN = re.compile(r'(?<![\w"/.@-])(?:(?:[eE]|PE)-\w+|(?:jj|dd|TT)-(?:mm|MM)-(?:aaaa|jjjj|JJJJ|yyyy))')
# Boxes of one line: what a browser remembers for them it also proposes.
TYPED = (forms.TextInput, forms.EmailInput, forms.NumberInput, forms.PasswordInput)


def _width(control: BoundField) -> str:
    field, attrs = control.field, control.field.widget.attrs
    if isinstance(field, forms.DateField):
        return "control-short"
    length = attrs.get("size") or attrs.get("maxlength") or getattr(field, "max_length", None)
    if length is None:
        match field.widget:
            case forms.NumberInput():
                return "control-short"
            case forms.PasswordInput():
                return "control-medium"
            case _:
                return "control-long"
    if int(length) <= SHORT:
        return "control-short"
    return "control-medium" if int(length) <= MEDIUM else "control-long"


@register.filter
def control(field: BoundField | BoundWidget) -> SafeString:
    """The field's control (or one radio button, one box) with the classes of the look, so that forms carry none."""
    if isinstance(field, BoundWidget):
        field.data["attrs"]["class"] = "form-check-input"
        return field.tag()
    widget = field.field.widget
    match widget:
        case forms.CheckboxInput():
            css = ["form-check-input"]
        case forms.Select():
            css = ["form-select"]
        case _:
            css = ["form-control", _width(field)]
    if field.errors:
        css.append("is-invalid")
    attrs: dict[str, str | bool] = {"class": " ".join([*css, widget.attrs.get("class", "")]).strip()}
    if isinstance(widget, TYPED) and "autocomplete" not in widget.attrs:
        # Most of what one types here is about somebody else, or an act.
        attrs["autocomplete"] = "off"
    return field.as_widget(attrs=attrs)


@register.filter
def target_id(field: BoundField) -> str:
    """The id that a link of the error summary jumps to: the control, or the first one of a group."""
    if not field.use_fieldset:
        return field.id_for_label or field.auto_id
    return field.subwidgets[0].id_for_label or field.auto_id if field.subwidgets else field.auto_id


@register.filter
def without_colon(label: str) -> str:
    """A label for a sentence: the documents print a colon after some."""
    return str(label).rstrip(" :\u00a0")


@register.simple_tag
def colon() -> str:
    """The colon between two things that a page sets beside each other: French sets it apart, but at no line's start."""
    return SafeString("&nbsp;:" if get_language() == "fr" else ":")


@register.filter
def elided(text: str, name: Any) -> str:
    """A French sentence in which `de` or `que` may stand before this person's name: « Dossier d'Elise »."""
    if not isinstance(text, SafeString):
        return names.elided(text, name)
    # On a page the name stands escaped.
    return SafeString(names.elided(names.elided(text, name), conditional_escape(str(name))))


@register.filter
def breakable(value: Any) -> Any:
    """A text in which a line may break behind each underscore: codes of functions are longer than a phone is wide."""
    text = str(value)
    if isinstance(value, SafeString) or "_" not in text:
        return value
    return format_html_join(SafeString("_<wbr>"), "{}", ((part,) for part in text.split("_")))


@register.filter
def unbroken(value: Any) -> SafeString:
    """A text in which no line ends inside « e-mail » and the like: browsers break behind every hyphen."""
    return SafeString(_UNBROKEN.sub(r'<span class="text-nowrap">\g<0></span>', conditional_escape(value)))


@register.filter
def is_box(field: BoundField) -> bool:
    """Whether the field is one box to tick, whose label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether the field is several radio buttons or boxes, or a control in several parts: it gets a legend."""
    return field.use_fieldset


@register.filter
def is_choice_group(field: BoundField) -> bool:
    """Whether the field is a list of radio buttons or of boxes."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def choice_hint(field: BoundField, choice: BoundWidget) -> str:
    """The line under one choice of a group, from `choice_hints` ({value: text}) of the form's field."""
    hints: dict[str, str] = getattr(field.field, "choice_hints", {})
    return str(hints.get(str(choice.data["value"]), ""))


@register.filter
def has_required(form: forms.BaseForm) -> bool:
    """Whether a visible field of the form must be filled in."""
    return any(field.field.required for field in form.visible_fields())


@register.filter
def elided_pages(number: int, last: int) -> list[int | str]:
    """The page numbers to show around this one of so many, with « … » where some are left out."""
    pages = Paginator(range(last), 1)
    return list(pages.get_elided_page_range(number, on_each_side=1, on_ends=1))


@register.simple_tag
def chain(key: str) -> SafeString:
    """The steps of the chain with the one that the page belongs to, by its key in `core.chain`; empty: none of them."""
    return _chain(key, get_language(), get_script_prefix(), get_resolver(get_urlconf()))


@cache
def _chain(key: str, _language: str | None, _prefix: str, _addresses: URLResolver) -> SafeString:
    # Nothing but the step tells one page's chain from another's: each is rendered once.
    at = steps.position_of(key) if key else 0
    current, total = steps.STEPS[at - 1] if at else None, len(steps.STEPS)
    context = {"steps": steps.STEPS, "current": current, "position": at, "total": total}
    return SafeString(get_template("components/chain.html").render(context))


@register.simple_tag(takes_context=True)
def nav_link(
    context: Context, url: str, label: str, *, exact: bool = False, by_place: bool = False
) -> SafeString:
    """A link of a portal's menu, marked on the page it leads to and (unless `exact`) on the pages below that.

    The page is that of the request; in a part, which has none, that of its value `path`. Below is what the addresses
    say; `by_place`: what the breadcrumbs say too.
    """
    request = context.get("request")
    path: str = request.path if request else context.get("path") or ""
    below = bool(url) and not exact and path.startswith(url)
    match = getattr(request, "resolver_match", None)
    if by_place and match is not None:
        below = below or any(crumb.url == url for crumb in places.crumbs(match.view_name, match.kwargs))
    current = "page" if path == url else "true" if below else ""
    return render_part("components/nav_link.html", url=url, label=label, current=current)


@register.simple_tag
def why_link(bce_number: str = "", wanted: str = "") -> SafeString:
    """Where the portal refuses: the page that says why, of an enterprise (its ten digits) or of none.

    `wanted` is what should open, by the name that this page gives it; empty: the first application. Nothing while no
    installed app explains refusals.
    """
    entry = menus.entry(menus.REFUSALS, menus.WHY)
    if entry is None:
        return SafeString("")
    asked = {"numero": bce_number, "pour": wanted} if wanted else {"numero": bce_number}
    query = f"?{urlencode(asked)}" if bce_number else ""
    return format_html('<a class="why-link" href="{}{}">{}</a>', reverse(entry.url_name), query, entry.label)


@register.simple_tag
def why_member_link(member_pk: int) -> SafeString:
    """For who manages a member: the page that says why this one does not see the organisation."""
    entry = menus.entry(menus.REFUSALS, menus.WHY_MEMBER)
    if entry is None:
        return SafeString("")
    return format_html(
        '<a class="why-link" href="{}">{}</a>', reverse(entry.url_name, args=[member_pk]), entry.label
    )


@register.simple_tag(takes_context=True)
def world_now(context: Context) -> SafeString:
    """The world of the request and its time to the minute, where a request has one."""
    world = getattr(context.get("request"), "world", None)
    if world is None:
        return SafeString("")
    now = clock.now(world).astimezone(clock.BRUSSELS)
    return render_part(
        "components/world_now.html",
        # The demo world's stands in the catalogues; others are called as their trainer calls them.
        world_name=gettext(world.name),
        minute=now.isoformat(timespec="minutes"),
        shown=shown_instant(now, "SHORT_WEEKDAY_DATETIME_FORMAT"),
    )


@register.simple_tag
def table_headings(columns: Iterable[Column | str]) -> SafeString:
    """The headings of a table, each as `components/table_heading.html` shows it."""
    return SafeString(
        "".join(_heading(column, place) for place, column in enumerate(columns, start=1)),
    )


def _heading(column: Column | str, place: int) -> SafeString:
    if not isinstance(column, Column):
        column = Column(str(column), numeric=False)
    return render_part(
        "components/table_heading.html",
        label=column.label,
        numeric=column.numeric,
        hidden=column.hidden,
        sort_url=column.sort_url,
        sorted=column.sorted,
        place=place,
    )
