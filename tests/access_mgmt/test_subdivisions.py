"""The tree of the subdivisions, who is in it, who manages it: services and selectors."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from access_mgmt import selectors
from access_mgmt.enums import MemberKind, MemberLink
from access_mgmt.models import QualityMember, Subdivision
from access_mgmt.services import member_removals, members, subdivision_members, subdivisions
from bhod_portal.core.models import AuditEntry, Message
from bhod_portal.core.refusals import refusal_codes
from csam.enums import Language, Title
from csam.models import Person
from tests.access_mgmt.factories import QualityFactory, QualityMemberFactory, SubdivisionFactory
from tests.csam.factories import AT, PersonFactory
from tests.threads import at_once

ON = AT.date()


@pytest.fixture
def quality(manager):
    return manager.quality


@pytest.fixture
def by(manager):
    return manager.person


@pytest.fixture
def top(quality):
    return SubdivisionFactory(quality=quality, name="Secrétariat")


@pytest.fixture
def below(top):
    return SubdivisionFactory(below=top, name="Accueil")


@pytest.fixture
def led(top):
    """Manages the branch of « Secrétariat »."""
    return QualityMemberFactory(quality=top.quality, subdivision_manager=True, subdivision=top)


def refused(code):
    return pytest.raises(ValidationError, check=lambda refusal: code in refusal_codes(refusal))


def acts():
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def chain_of(subdivision):
    subdivision.refresh_from_db()
    return subdivision.ancestors


class TestCreate:
    def create(self, quality, by, *, parent=None, name="Accueil"):
        return subdivisions.create_subdivision(quality=quality, parent=parent, name=name, by=by, at=AT)

    def test_at_the_top_and_below(self, quality, by):
        top = self.create(quality, by)
        below = self.create(quality, by, parent=top)

        assert top.ancestors == []
        assert below.ancestors == [top.pk]
        assert acts() == ["access_mgmt.subdivision.created"] * 2

    def test_one_name_per_place(self, quality, by, top, below):
        with refused("name_taken"):
            self.create(quality, by, parent=top, name="ACCUEIL")
        assert self.create(quality, by, name="Accueil").parent is None

    def test_no_deeper_than_eight(self, quality, by):
        place = None
        for _level in range(subdivisions.DEEPEST):
            place = self.create(quality, by, parent=place)
        with refused("too_deep"):
            self.create(quality, by, parent=place)

    def test_below_one_that_is_gone(self, quality, by):
        with refused("subdivision_over"):
            self.create(quality, by, parent=SubdivisionFactory(quality=quality, removed=True))

    def test_in_a_quality_that_is_over(self, by):
        over = QualityFactory(over=True)
        with refused("quality_over"):
            self.create(over, over.activated_by)

    def test_below_one_of_another_quality(self, quality, by):
        with pytest.raises(PermissionDenied):
            self.create(quality, by, parent=SubdivisionFactory())

    def test_in_his_branch_only(self, quality, led, top, below):
        assert self.create(quality, led.person, parent=below).ancestors == [below.pk, top.pk]
        for elsewhere in (None, SubdivisionFactory(quality=quality)):
            with pytest.raises(PermissionDenied):
                self.create(quality, led.person, parent=elsewhere)


class TestRename:
    def rename(self, subdivision, by, name):
        return subdivisions.rename_subdivision(subdivision=subdivision, name=name, by=by, at=AT)

    def test_is_told_once(self, by, top):
        assert self.rename(top, by, "Bureau")
        assert not self.rename(top, by, "Bureau")
        assert str(Subdivision.objects.get()) == "Bureau"
        assert acts() == ["access_mgmt.subdivision.renamed"]

    def test_not_to_the_name_of_its_neighbour(self, by, top, below):
        with refused("name_taken"):
            self.rename(SubdivisionFactory(below=top), by, "Accueil")


class TestMove:
    def move(self, subdivision, by, parent):
        return subdivisions.move_subdivision(subdivision=subdivision, parent=parent, by=by, at=AT)

    def test_takes_the_whole_branch_along(self, quality, by, top, below):
        deepest = SubdivisionFactory(below=below)
        other = SubdivisionFactory(below=SubdivisionFactory(quality=quality))

        assert self.move(below, by, other)

        assert chain_of(below) == [other.pk, *other.ancestors]
        assert chain_of(deepest) == [below.pk, other.pk, *other.ancestors]
        assert below.parent == other
        assert acts() == ["access_mgmt.subdivision.moved"]

    def test_to_the_top(self, by, top, below):
        deepest = SubdivisionFactory(below=below)

        assert self.move(below, by, None)

        assert chain_of(below) == []
        assert chain_of(deepest) == [below.pk]

    def test_to_where_it_is(self, by, top, below):
        assert not self.move(below, by, top)
        assert acts() == []

    def test_never_below_itself(self, by, top, below):
        for place in (top, below):
            with refused("own_branch"):
                self.move(top, by, place)

    def test_no_part_of_the_branch_too_deep(self, quality, by, top, below):
        place = SubdivisionFactory(quality=quality)
        for _level in range(subdivisions.DEEPEST - 2):
            place = SubdivisionFactory(below=place)
        with refused("too_deep"):
            self.move(top, by, place)

    def test_not_beside_one_of_its_name(self, quality, by, top, below):
        SubdivisionFactory(quality=quality, name="accueil")
        with refused("name_taken"):
            self.move(below, by, None)

    def test_of_his_own_topmost_one_is_not_for_a_subdivision_manager(self, led, top, below):
        with pytest.raises(PermissionDenied):
            self.move(top, led.person, None)
        with pytest.raises(PermissionDenied):
            self.move(below, led.person, None)
        deepest = SubdivisionFactory(below=below)
        assert self.move(deepest, led.person, top)

    @pytest.mark.django_db(transaction=True)
    def test_two_moves_at_once_make_no_cycle(self, manager):
        one, two = (SubdivisionFactory(quality=manager.quality) for _number in range(2))

        def act(number):
            first, second = (one, two) if number else (two, one)
            self.move(first, Person.objects.get(pk=manager.person_id), second)

        assert sorted(at_once(act, times=2)) == ["done", "own_branch"]
        assert sorted([chain_of(one), chain_of(two)], key=len)[0] == []


class TestRemove:
    def remove(self, subdivision, by):
        return subdivisions.remove_subdivision(subdivision=subdivision, by=by, at=AT)

    def test_an_empty_one_once(self, by, top):
        QualityMemberFactory(quality=top.quality, subdivision=top, ended=True)
        assert self.remove(top, by)
        assert not self.remove(top, by)
        assert acts() == ["access_mgmt.subdivision.removed"]
        assert not Subdivision.objects.active().exists()

    def test_none_in_which_there_is_something(self, by, top, below):
        QualityMemberFactory(quality=top.quality, subdivision=below)
        for place in (top, below):
            with refused("not_empty"):
                self.remove(place, by)

    def test_a_subdivision_manager_keeps_his_own(self, led, top, below):
        with pytest.raises(PermissionDenied):
            self.remove(top, led.person)
        assert self.remove(below, led.person)


class TestPlace:
    def place(self, by, members, subdivision, quality):
        return subdivision_members.place_members(
            quality=quality, members=[each.pk for each in members], subdivision=subdivision, by=by, at=AT
        )

    def test_in_out_and_again(self, quality, by, member, top):
        assert self.place(by, [member], top, quality) == [member]
        assert self.place(by, [member], top, quality) == []
        assert self.place(by, [member], None, quality) == [member]
        assert acts() == ["access_mgmt.member.placed"] * 2
        member.refresh_from_db()
        assert member.subdivision is None

    def test_all_or_nobody(self, quality, by, member, manager, top):
        with refused("whole_quality"):
            self.place(
                by, [member, QualityMemberFactory(quality=quality, co_local_manager=True)], top, quality
            )
        member.refresh_from_db()
        assert member.subdivision is None

    def test_who_manages_a_branch_stays(self, quality, by, led, below):
        with refused("leads_branch"):
            self.place(by, [led], below, quality)

    def test_nobody_moves_himself(self, quality, led, below):
        with refused("oneself"):
            self.place(led.person, [led], below, quality)

    def test_inside_his_branch_only(self, quality, led, top, below, member):
        inside = QualityMemberFactory(quality=quality, subdivision=top)

        assert self.place(led.person, [inside], below, quality) == [inside]
        assert self.place(led.person, [member], below, quality) == []
        for elsewhere in (None, SubdivisionFactory(quality=quality)):
            with refused("outside_branch"):
                self.place(led.person, [inside], elsewhere, quality)

    def test_not_by_a_user_nor_into_another_quality(self, quality, by, member, top):
        with pytest.raises(PermissionDenied):
            self.place(member.person, [member], top, quality)
        with pytest.raises(PermissionDenied):
            self.place(by, [member], SubdivisionFactory(), quality)


class TestManagers:
    def name(self, member, by):
        return subdivision_members.name_subdivision_manager(member=member, by=by, at=AT)

    def end(self, member, by):
        return subdivision_members.end_subdivision_manager(member=member, by=by, at=AT)

    def test_named_and_ended_each_once_with_a_mail(self, quality, by, top):
        user = QualityMemberFactory(quality=quality, subdivision=top)

        assert [self.name(user, by), self.name(user, by)] == [True, False]
        assert QualityMember.objects.subdivision_managers().get() == user
        assert [self.end(user, by), self.end(user, by)] == [True, False]

        assert acts() == ["access_mgmt.subdivision.manager_named", "access_mgmt.subdivision.manager_ended"]
        assert list(Message.objects.values_list("recipient", flat=True)) == [user.email] * 2
        user.refresh_from_db()
        assert user.kind == MemberKind.USER
        assert user.subdivision == top

    def test_only_who_is_in_one_and_may_act(self, quality, by, manager, member, top):
        with refused("no_subdivision"):
            self.name(member, by)
        with refused("member_blocked"):
            self.name(QualityMemberFactory(quality=quality, subdivision=top, blocked=True), by)
        with refused("member_ended"):
            self.name(QualityMemberFactory(quality=quality, subdivision=top, ended=True), by)
        with refused("whole_quality"):
            self.name(QualityMemberFactory(quality=quality, co_local_manager=True), by)

    def test_a_subdivision_manager_names_at_his_own_and_below_never_himself(self, quality, led, top, below):
        for place in (top, below):
            assert self.name(QualityMemberFactory(quality=quality, subdivision=place), led.person)
        with refused("oneself"):
            self.end(led, led.person)
        with pytest.raises(PermissionDenied):
            self.name(
                QualityMemberFactory(quality=quality, subdivision=SubdivisionFactory(quality=quality)),
                led.person,
            )


class TestTree:
    def test_counts_and_managers(self, quality, led, top, below, django_assert_num_queries):
        QualityMemberFactory.create_batch(2, quality=quality, subdivision=below)
        QualityMemberFactory(quality=quality, subdivision=below, ended=True)
        SubdivisionFactory(quality=quality, name="Archives")
        SubdivisionFactory(quality=quality, removed=True)

        with django_assert_num_queries(3):
            archives, node = selectors.subdivision_tree(Subdivision.objects.active().filter(quality=quality))

        assert (str(archives.subdivision), archives.in_branch) == ("Archives", 0)
        assert (node.members, node.in_branch, list(node.managers)) == (1, 3, [led])
        assert [level for level, _place in selectors.tree_lines([node])] == [0, 1]

    def test_is_as_much_as_one_manages(self, quality, by, led, member, top, below):
        SubdivisionFactory(quality=quality)

        def managed(person):
            return set(selectors.subdivisions_managed_by(person, quality, on=ON))

        assert len(managed(by)) == 3
        assert managed(led.person) == {top, below}
        assert managed(member.person) == set()

    def test_above_from_the_top(self, top, below):
        deepest = SubdivisionFactory(below=below)
        assert selectors.subdivisions_above(deepest) == [top, below]


class TestWhoeverManagesABranch:
    def add(self, led, **changes):
        data = {
            "quality": led.quality,
            "kind": MemberKind.USER,
            "person": PersonFactory(world=led.person.world, with_codes=True),
            "link": MemberLink.WORKER,
            "title": Title.MRS,
            "language": Language.FRENCH,
            "email": "nouvelle@exemple.invalid",
            "local_email": "",
            "secured_applications": [],
            "username": "",
            "by": led.person,
            "at": AT,
        }
        return members.add_member(**(data | changes))

    def test_adds_users_to_it(self, led, below):
        assert self.add(led, subdivision=below).subdivision == below

    def test_adds_nobody_beside_it(self, quality, led):
        for elsewhere in (None, SubdivisionFactory(quality=quality)):
            with refused("outside_branch"):
                self.add(led, subdivision=elsewhere)

    def test_adds_nobody_who_manages_more(self, led, below):
        with pytest.raises(PermissionDenied):
            self.add(led, kind=MemberKind.CO_LOCAL_MANAGER)

    def test_removes_nobody_beside_it_nor_himself(self, quality, led, member):
        def remove(*chosen):
            return member_removals.remove_members(quality=quality, members=chosen, by=led.person, at=AT)

        assert remove(member.pk) == []
        with refused("oneself"):
            remove(led.pk)
