from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test.html import parse_html
from django.urls import get_resolver

from bhod_portal.core.fields import (
    OUT_OF_SIGHT,
    BceNumberField,
    DayField,
    EmailField,
    IbanField,
    InamiNumberField,
    LongSelect,
    NissField,
    PhoneField,
    SeenField,
)
from bhod_portal.core.refusals import refusal_codes


@pytest.mark.parametrize("typed", ["23-12-2026", "23/12/2026", "23.12.2026", " 23-12-2026 "])
def test_reads_a_day_as_people_type_it(typed):
    assert DayField().clean(typed) == date(2026, 12, 23)


def test_reads_a_day_without_leading_zeros():
    assert DayField().clean("3-9-2026") == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("31-02-2026", "invalid"),
        ("2026-12-23", "invalid"),
        ("demain", "invalid"),
        ("23-12-26", "invalid"),
        ("01-01-1899", "out_of_range"),
        ("01-01-2200", "out_of_range"),
        ("", "required"),
    ],
)
def test_refuses_a_day_that_is_none(typed, code):
    with pytest.raises(ValidationError) as refusal:
        DayField().clean(typed)

    assert [error.code for error in refusal.value.error_list] == [code]


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (NissField, "71.03.14-996.96", "71031499696"),
        (BceNumberField, "BE0999.999.031", "0999999031"),
        (InamiNumberField, "1-99905-12-004", "19990512004"),
    ],
)
def test_reads_numbers_and_lets_an_optional_one_be_empty(field, typed, value):
    assert field().clean(typed) == value
    assert field(required=False).clean("") == ""


def test_takes_an_address_that_the_database_can_keep():
    domain = ".".join(["d" * 60] * 4) + ".be"
    longest = "c" * (253 - len(domain)) + f"@{domain}"

    assert EmailField().clean(longest) == longest
    with pytest.raises(ValidationError) as refusal:
        EmailField().clean(f"c{longest}")
    assert refusal_codes(refusal.value) == {"max_length"}


def test_names_an_address_as_the_labels_do():
    with pytest.raises(ValidationError) as refusal:
        EmailField().clean("nadia")
    assert refusal_codes(refusal.value) == {"invalid"}
    assert "adresse e-mail" in refusal.value.messages[0]


def test_reads_an_account_number_in_groups():
    assert IbanField().clean("be71 0961 2345 6769") == "BE71096123456769"
    assert IbanField(required=False).clean("") == ""


def test_a_long_choice_shows_what_django_shows():
    """The chosen option, an attribute with quotes, and a name that would be markup."""
    choices = [("", "Choisissez"), ("1", "<b>Zoé</b>"), ("2", "d'Hondt & fils")]
    ours = LongSelect(attrs={"class": 'a "b"', "required": True}, choices=choices)
    theirs = forms.Select(attrs={"class": 'a "b"', "required": True}, choices=choices)

    shown = ours.render("card", "2", {"id": "id_card"})

    assert parse_html(shown) == parse_html(theirs.render("card", "2", {"id": "id_card"}))
    assert "<b>" not in shown


@pytest.mark.parametrize(
    ("field", "proposed"),
    [
        (EmailField(), "off"),
        (EmailField(own=True), "email"),
        (PhoneField(), "off"),
        (PhoneField(own=True), "tel"),
    ],
)
def test_a_browser_proposes_only_what_is_ones_own(field, proposed):
    assert field.widget.attrs["autocomplete"] == proposed


@pytest.mark.parametrize(("field", "keys"), [(NissField(), "numeric"), (IbanField(), "text")])
def test_a_phone_shows_the_keys_that_a_number_needs(field, keys):
    assert field.widget.attrs["inputmode"] == keys


def forms_of(kind):
    for each in kind.__subclasses__():
        yield each
        yield from forms_of(each)


def test_what_is_out_of_sight_says_what_to_do_when_it_is_wrong():
    """Nobody can go to such a field, and Django's words for it name none."""
    get_resolver().url_patterns  # noqa: B018  (all views, and their forms)
    fields = [
        field
        for form in forms_of(forms.Form)
        if not form.__module__.startswith(("tests.", "django.", "allauth."))
        for field in form.base_fields.values()
        if field.widget.is_hidden and not field.label and not isinstance(field, SeenField)
    ]
    assert len(fields) > 5
    for field in fields:
        form_class = type("OfOneField", (forms.Form,), {"name": field})
        for value in ("x" * 300, "-5", "9" * 400, "a\0b", "1.23456", "{"):
            said = form_class({"name": value}).errors.get("name", [])
            assert set(said) <= {str(each) for each in OUT_OF_SIGHT.values()}
        if field.required:
            assert field.error_messages["required"] != forms.Field.default_error_messages["required"]
