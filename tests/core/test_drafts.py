from bhod_portal.core import drafts
from tests.csam.factories import PersonFactory


def test_what_was_typed_waits_and_grows():
    person = PersonFactory()

    drafts.save(person=person, flow="gap", subject="0999999031", email="un@exemple.invalid", phone="02")
    drafts.save(person=person, flow="gap", subject="0999999031", phone="03")

    assert drafts.read(person=person, flow="gap", subject="0999999031") == {
        "email": "un@exemple.invalid",
        "phone": "03",
    }


def test_belongs_to_one_person_one_flow_one_subject():
    person = PersonFactory()
    drafts.save(person=person, flow="gap", subject="0999999031", phone="02")

    assert drafts.read(person=PersonFactory(), flow="gap", subject="0999999031") == {}
    assert drafts.read(person=person, flow="gap", subject="0999999130") == {}
    assert drafts.read(person=person, flow="quality", subject="0999999031") == {}


def test_is_gone_once_discarded():
    person = PersonFactory()
    drafts.save(person=person, flow="gap", phone="02")

    drafts.discard(person=person, flow="gap")

    assert drafts.read(person=person, flow="gap") == {}


def test_is_taken_once():
    person = PersonFactory()
    drafts.save(person=person, flow="gap", phone="02")

    assert drafts.take(person=person, flow="gap") == {"phone": "02"}
    assert drafts.take(person=person, flow="gap") == {}


def test_a_page_is_clicked_once():
    person = PersonFactory()
    page = {"person": person, "flow": "bulk", "subject": "1"}

    assert drafts.first_click(**page, mark="a page")
    assert not drafts.first_click(**page, mark="a page")
    assert drafts.first_click(**page, mark="another page")
    assert drafts.first_click(**(page | {"subject": "2"}), mark="another page")
    assert drafts.first_click(**(page | {"person": PersonFactory()}), mark="another page")


def test_keeps_what_no_page_would_send_as_far_as_it_can_be_kept():
    person = PersonFactory()

    drafts.save(person=person, flow="gap", phone="0\x002", note="x" * 100_000)
    assert drafts.first_click(person=person, flow="bulk", mark="\x00" + "x" * 100_000)
    assert not drafts.first_click(person=person, flow="bulk", mark="\x00" + "x" * 100_000)

    kept = drafts.read(person=person, flow="gap")
    assert (kept["phone"], len(kept["note"])) == ("02", 20_000)
    assert len(str(drafts.read(person=person, flow="bulk"))) < 100
