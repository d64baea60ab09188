from access_mgmt.services.notices import tell_all
from bhod_portal.core.models import Message
from csam.enums import Language
from tests.access_mgmt.factories import QualityFactory, QualityMemberFactory
from tests.csam.factories import AT

NOTICE = "access_mgmt/emails/quality_deactivated"


def test_many_are_told_in_one_statement_each_what_is_his(django_assert_num_queries):
    quality = QualityFactory()
    first, second, third = QualityMemberFactory.create_batch(3, quality=quality)
    third.language = Language.DUTCH
    own = {first.pk: {"functions": ["INAMI_FILEMANAGER"]}, second.pk: {"to": "autre@exemple.invalid"}}

    with django_assert_num_queries(1):
        tell_all([first, second, third], NOTICE, at=AT, own=own, by=quality.activated_by, functions=[])

    told = {mail.person_id: mail for mail in Message.objects.all()}
    assert told.keys() == {first.person_id, second.person_id, third.person_id}
    assert "INAMI_FILEMANAGER" in told[first.person_id].body
    assert "INAMI_FILEMANAGER" not in told[second.person_id].body
    assert told[first.person_id].recipient == first.email
    assert told[second.person_id].recipient == "autre@exemple.invalid"
    assert all(quality.enterprise.name in mail.subject for mail in told.values())


def test_members_of_two_qualities_are_told_of_their_own():
    members = [QualityMemberFactory()]
    members.append(QualityMemberFactory(quality__enterprise__world=members[0].person.world))

    tell_all(members, NOTICE, at=AT, by=members[0].person, functions=[])

    for member in members:
        assert member.quality.enterprise.name in Message.objects.get(person=member.person).subject


def test_nobody_is_told_nothing():
    tell_all([], NOTICE, at=AT)

    assert not Message.objects.exists()
