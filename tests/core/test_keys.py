import pytest

from bhod_portal.core.keys import key_in, keys_in


@pytest.mark.parametrize("text", ["", "x", "-1", "1.0", " 1", "1\n", "²", "٣", "9" * 19, "9" * 5000])
def test_what_is_no_key_is_none(text):
    assert key_in(text) is None


def test_keys_are_read_in_their_order_and_the_rest_left_out():
    assert keys_in(["12", "x", "7"]) == [12, 7]
