"""What managers asked for is the business of access_mgmt: all others see effective roles, through its selectors."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
OTHERS = ("bhod_portal", "csam", "prosante_login", "bhod", "training")
MODELS = {"RoleAssignment", "RoleChange"}
# The relations by which other models lead to them.
RELATIONS = {"assignments", "granted_by_change", "withdrawn_by_change"}


def violations(source):
    """Lines that name the models, or go to them from a member; tables in plain SQL included."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module=str() as module, names=names) if module.startswith("access_mgmt"):
                bad = module.startswith("access_mgmt.models.roles") or MODELS & {name.name for name in names}
            case ast.Attribute(attr=name):
                bad = name in RELATIONS | MODELS
            case ast.keyword(arg=str() as name):
                bad = set(name.split("__")) & RELATIONS
            case ast.Constant(value=str() as text):
                bad = set(text.split("__")) & RELATIONS or any(
                    f"access_mgmt_{model.lower()}" in text for model in MODELS
                )
            case _:
                continue
        if bad:
            found.add(node.lineno if hasattr(node, "lineno") else 0)
    return sorted(found)


@pytest.mark.parametrize("app", OTHERS)
def test_no_other_app_touches_what_was_asked(app):
    found = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / app).rglob("*.py")
        if (lines := violations(path.read_text(encoding="utf-8")))
    }

    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        "from access_mgmt.models import Quality, RoleAssignment",
        "from access_mgmt.models.roles import EffectiveRole",
        "from access_mgmt import models\nmodels.RoleChange.objects.all()",
        "member.assignments.all()",
        "members.filter(assignments__revoked_at=None)",
        "members.prefetch_related('assignments__granted_by_change')",
        "assignment.granted_by_change",
        "cursor.execute('SELECT * FROM access_mgmt_rolechange')",
    ],
)
def test_planted_violations_are_caught(planted):
    assert violations(planted) == [planted.count("\n") + 1]


def test_effective_roles_may_be_asked_for():
    assert (
        violations("from access_mgmt.selectors import effective_functions\neffective_functions(person=x)")
        == []
    )
