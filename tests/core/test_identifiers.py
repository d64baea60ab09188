import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from bhod_portal.core import identifiers


@pytest.mark.parametrize(
    ("read", "typed", "digits"),
    [
        (identifiers.read_niss, "71.03.14-996.96", "71031499696"),
        (identifiers.read_niss, "710314 99696", "71031499696"),
        pytest.param(identifiers.read_niss, "01.02.14-975.27", "01021497527", id="born after 2000"),
        pytest.param(identifiers.read_niss, "86.43.12-988.80", "86431298880", id="BIS number"),
        pytest.param(identifiers.read_niss, "04022900231", "04022900231", id="29 February"),
        (identifiers.read_bce, "0999.999.031", "0999999031"),
        pytest.param(identifiers.read_bce, "999.999.031", "0999999031", id="9 digits, as in the manual"),
        (identifiers.read_bce, "BE 0999 999 031", "0999999031"),
        (identifiers.read_bce, "be0999-999-031", "0999999031"),
        pytest.param(identifiers.read_bce, "1000000021", "1000000021", id="begins with 1"),
        (identifiers.read_inami, "1-99905-12-004", "19990512004"),
        (identifiers.read_inami, "19006951001", "19006951001"),
        pytest.param(identifiers.read_inami, "1 00001 35 004", "10000135004", id="modulus 89"),
        (identifiers.read_onss, "1990090-79", "199009079"),
        pytest.param(identifiers.read_onss, "0009354-67", "000935467", id="published, leading zeros"),
        (identifiers.read_iban, "be71 0961 2345 6769", "BE71096123456769"),
        pytest.param(identifiers.read_iban, "BE32-1234-5678-9002", "BE32123456789002", id="documented"),
        pytest.param(identifiers.read_iban, "NL91 ABNA 0417 1643 00", "NL91ABNA0417164300", id="letters"),
    ],
)
def test_reads_what_people_type(read, typed, digits):
    assert read(typed) == digits


@pytest.mark.parametrize(
    ("read", "typed", "code"),
    [
        (identifiers.read_niss, "12345678901", "check_digits"),
        (identifiers.read_niss, "71.03.14-996.97", "check_digits"),
        (identifiers.read_niss, "71.03.14-996", "malformed"),
        (identifiers.read_niss, "٧١٠٣١٤٩٩٦٩٦", "malformed"),
        (identifiers.read_bce, "0999.999.032", "check_digits"),
        (identifiers.read_bce, "999.999.999", "check_digits"),
        (identifiers.read_bce, "2000000042", "malformed"),
        (identifiers.read_bce, "Val de Senne", "malformed"),
        (identifiers.read_inami, "1-99905-13-004", "check_digits"),
        (identifiers.read_inami, "1-99905-12", "malformed"),
        (identifiers.read_onss, "1990090-78", "check_digits"),
        (identifiers.read_onss, "19900", "malformed"),
        (identifiers.read_iban, "BE71", "malformed"),
        (identifiers.read_iban, "BE72 0961 2345 6769", "check_digits"),
        pytest.param(identifiers.read_iban, "BE41091811735141", "check_digits", id="national check digits"),
        pytest.param(identifiers.read_iban, "BE68 5390 0754 7034", "unknown_bank", id="no such bank"),
        pytest.param(identifiers.read_iban, "US64SVBKUS6S3300958879", "not_sepa", id="outside SEPA"),
        pytest.param(
            identifiers.read_iban, "DE51 3704 0044 0532 0130 0", "malformed", id="too short for its country"
        ),
    ],
)
def test_refuses_what_cannot_be(read, typed, code):
    with pytest.raises(ValidationError) as refusal:
        read(typed)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("shown", "digits", "text"),
    [
        (identifiers.format_niss, "71031499696", "71.03.14-996.96"),
        (identifiers.format_bce, "0999999031", "0999.999.031"),
        (identifiers.format_inami, "19990512004", "1-99905-12-004"),
        (identifiers.format_onss, "199009079", "1990090-79"),
        (identifiers.format_phone, "32470000001", "+32 470 00 00 01"),
        (identifiers.format_phone, "442071838750", "+442071838750"),
        (identifiers.format_iban, "BE71096123456769", "BE71\u00a00961\u00a02345\u00a06769"),
    ],
)
def test_shows_them_as_the_forms_print_them(shown, digits, text):
    assert shown(digits) == text
    assert shown("") == ""


@given(st.integers(0, 99_999_999))
def test_one_wrong_digit_in_an_enterprise_number_is_caught(number):
    base = f"{number:08}"
    right = f"{base}{97 - int(base) % 97:02}"
    wrong = f"{right[:7]}{(int(right[7]) + 1) % 10}{right[8:]}"

    with pytest.raises(ValidationError):
        identifiers.read_bce(wrong)


def test_an_account_is_read_as_it_is_printed():
    assert identifiers.read_iban(identifiers.format_iban("BE71096123456769")) == "BE71096123456769"
