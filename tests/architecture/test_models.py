"""What holds for every model of ours: acts have authors, what bears a right isn't lost, all hangs on a world."""

import re

from django.apps import apps
from django.conf import settings
from django.db import models

from bhod_portal.core import clock
from bhod_portal.core.constraints import paired
from bhod_portal.core.models import World
from training.services.worlds import reset_world

MODELS = [
    model
    for label in settings.FIRST_PARTY_APPS
    for model in apps.get_app_config(label.split(".")[-1]).get_models()
]

# Instants that record no person's act, or whose author stands elsewhere.
WITHOUT_AUTHOR = {
    "World.frozen_at": "where the clock stands, not an act",
    "Message.sent_at": "sent by the simulator itself",
    "Draft.saved_at": "a draft is its person's own",
    "AccessManager.activated_at": "his own first login",
    "ItsmeRequest.requested_at": "asked by whoever gives a number: nobody yet",
    "ItsmeRequest.answered_at": "answered by the person of the request",
    "DesignationRequest.submitted_at": "sent without login; the applicant's name stands in it",
    "RoleChange.due_at": "a deadline",
    "RoleChange.applied_at": "applied by propagation; the request has its author",
    "EffectiveRole.applied_at": "written by propagation; the author stands at the change",
    "EffectiveRole.withdrawn_at": "written by propagation; the author stands at the change",
    "Certificate.warned_at": "sent by the simulator itself",
    "ExpiryNotice.sent_at": "sent by the simulator itself",
    "Guard.starts_at": "when the guard is, not an act",
    "Guard.ends_at": "when the guard is, not an act",
    "GuardChange.before_starts_at": "when the guard was, not an act",
    "GuardChange.before_ends_at": "when the guard was, not an act",
    "GuardCheck.starts_at": "when the guard is, not an act",
    "GuardCheck.ends_at": "when the guard is, not an act",
    "GuardCheck.checked_at": "found by the night; who asked stands at the round",
    "GuardCheck.superseded_at": "when its guard changed; the author stands in the guard's history",
    "ValidationRound.opened_at": "by the night, or by who asked it",
    "ValidationRound.finished_at": "done by the task",
    "PaymentRun.opened_at": "by the night, or by who asked it",
    "PaymentRun.drafted_at": "calculated by the task",
    "PaymentRun.told_at": "mailed by the task",
    "Settlement.answered_at": "answered by the bank",
    "LedgerCheck.checked_at": "added up by the night",
    "CalendarFeed.last_read_at": "read by a calendar program, without login",
}
# Relations that are not protected, each with the reason why nothing is lost.
NOT_PROTECTED: dict[str, str] = {}
# What the demo world starts without.
FILLED_BY_USE = {
    "AccessReview",
    "CalendarFeed",
    "Certificate",
    "ColumnMapping",
    "DesignationDocument",
    "DesignationRequest",
    "DoctorUnit",
    "Draft",
    "ExpiryNotice",
    "FiscalBeneficiary",
    "GuardBatch",
    "GuardChange",
    "GuardQuestion",
    "ItsmeRequest",
    "LedgerCheck",
    "MandateDelegate",
    "MessageChannel",
    "PlanningImport",
    "PropagationDay",
    "Responsibility",
    "ReviewDecision",
    "SenderNumber",
    "SocialContract",
    "ValidationRound",
}


def own_fields(model):
    return [
        field
        for field in model._meta.get_fields()
        if isinstance(field, models.Field) and not field.auto_created
    ]


def name_of(field):
    return f"{field.model.__name__}.{field.name}"


def acts(models_):
    return [field for model in models_ for field in own_fields(model) if field.name.endswith("_at")]


def fields_of(condition):
    """The names of the columns that a condition speaks of."""
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from fields_of(child)
        else:
            yield child[0].split("__")[0]


def is_tied(field, author):
    """Whether the database holds an instant and its author together: both always there, or a constraint."""
    if not field.null and not author.null:
        return True
    names = {field.name, author.name}
    checks = [each for each in field.model._meta.constraints if isinstance(each, models.CheckConstraint)]
    return any(set(fields_of(check.condition)) == names for check in checks)


def faults_of_acts(models_):
    found = []
    for field in acts(models_):
        author_name = field.name.removesuffix("_at") + "_by"
        author = next((each for each in own_fields(field.model) if each.name == author_name), None)
        if author is None:
            if name_of(field) not in WITHOUT_AUTHOR:
                found.append(f"{name_of(field)} has no {author_name}")
        elif not is_tied(field, author):
            found.append(f"{name_of(field)} is not tied to {author_name}")
    return found


def unprotected(models_):
    relations = (
        field for model in models_ for field in own_fields(model) if field.many_to_one or field.one_to_one
    )
    return {name_of(field) for field in relations if field.remote_field.on_delete is not models.PROTECT}


def path_to_world(model):
    """The relations from a model to its world, the shortest way; none when it hangs on no world."""
    reached, paths = {model}, [(model, ())]
    for current, path in paths:
        if current is World:
            return path or ("itself",)
        for field in own_fields(current):
            if field.is_relation and field.related_model not in reached:
                reached.add(field.related_model)
                paths.append((field.related_model, (*path, field.name)))
    return None


def test_every_act_has_its_author():
    assert faults_of_acts(MODELS) == []


def test_the_list_of_instants_without_author_is_up_to_date():
    names = {name_of(field) for field in acts(MODELS)}
    assert set(WITHOUT_AUTHOR) <= names


def test_what_others_hang_on_is_protected():
    assert unprotected(MODELS) == set(NOT_PROTECTED)


def test_no_model_has_an_order_of_its_own():
    assert [model.__name__ for model in MODELS if model._meta.ordering] == []


def test_no_model_overrides_save_or_delete():
    assert [model.__name__ for model in MODELS if {"save", "delete"} & set(vars(model))] == []


def test_every_constraint_and_index_is_named_after_its_model():
    found = []
    for model in MODELS:
        prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower() + "_"
        named = [*model._meta.constraints, *model._meta.indexes]
        found += [f"{model.__name__}: {each.name}" for each in named if not each.name.startswith(prefix)]
    assert found == []


def test_every_model_hangs_on_a_world():
    assert [model.__name__ for model in MODELS if path_to_world(model) is None] == []


def test_starting_a_world_afresh_forgets_none_of_its_models(demo_world, monkeypatch):
    """What hangs on a world goes with it; before, the demo world has rows of nearly every model."""
    filled = {model for model in MODELS if model.objects.exists()}
    monkeypatch.setattr("training.services.worlds.load_demo_world", lambda **_: None)

    reset_world(world=demo_world, real_now=clock.real_now())

    assert {model.__name__ for model in MODELS if model.objects.exists()} == {"World"}
    assert {model.__name__ for model in MODELS} - {model.__name__ for model in filled} <= FILLED_BY_USE


class TestTheGuard:
    """Planted mistakes are caught."""

    def plant(self, **attributes):
        meta = type("Meta", (), {"app_label": "planted", "constraints": attributes.pop("constraints", [])})
        registry = apps.all_models["planted"]
        registry.clear()
        model = type("Planted", (models.Model,), {"__module__": __name__, "Meta": meta, **attributes})
        registry.clear()
        return model

    def test_an_act_without_author(self):
        planted = self.plant(closed_at=models.DateTimeField(null=True))
        assert faults_of_acts([planted]) == ["Planted.closed_at has no closed_by"]

    def test_an_author_that_nothing_ties_to_the_act(self):
        author = models.ForeignKey(World, on_delete=models.PROTECT, null=True, related_name="+")
        planted = self.plant(closed_at=models.DateTimeField(null=True), closed_by=author)
        assert faults_of_acts([planted]) == ["Planted.closed_at is not tied to closed_by"]

    def test_a_pair_that_is_tied(self):
        author = models.ForeignKey(World, on_delete=models.PROTECT, null=True, related_name="+")
        tie = paired("closed_at", "closed_by", name="planted_closed_by_someone")
        planted = self.plant(closed_at=models.DateTimeField(null=True), closed_by=author, constraints=[tie])
        assert faults_of_acts([planted]) == []

    def test_a_relation_that_deletes(self):
        planted = self.plant(world=models.ForeignKey(World, on_delete=models.CASCADE, related_name="+"))
        assert unprotected([planted]) == {"Planted.world"}

    def test_a_model_without_world(self):
        assert path_to_world(self.plant()) is None
