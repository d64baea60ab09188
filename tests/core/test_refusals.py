import pytest
from django import forms
from django.core.exceptions import ValidationError

from bhod_portal.core.refusals import add_refusal, refusal_codes

ON_A_FIELD = ValidationError({"pin": ValidationError("Faux", code="wrong_pin")})
ON_THE_WHOLE = ValidationError("Non", code="refused")


@pytest.mark.parametrize(("refusal", "code"), [(ON_A_FIELD, "wrong_pin"), (ON_THE_WHOLE, "refused")])
def test_codes_are_found_wherever_they_stand(refusal, code):
    assert refusal_codes(refusal) == {code}


@pytest.mark.parametrize(("refusal", "code"), [(ON_A_FIELD, "wrong_pin"), (ON_THE_WHOLE, "refused")])
def test_a_form_shows_a_refusal_where_it_can_be_mended(refusal, code):
    class CardForm(forms.Form):
        card = forms.CharField()

    beside, above = CardForm({"card": "1"}), CardForm({"card": "1"})

    add_refusal(beside, refusal, {code: "card"})
    add_refusal(above, refusal, {})

    assert beside.has_error("card", code)
    assert [error.code for error in above.non_field_errors().as_data()] == [code]
