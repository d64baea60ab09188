"""What makes BCE Public Search as fast among a million enterprises as among ten."""

import json
from datetime import date

import pytest
from django.db import connection

from bhod_portal.core.names import plain
from csam import selectors
from csam.models import Enterprise
from tests.csam.factories import WorldFactory, bce_number

SYLLABLES = ("bra", "che", "dol", "fin", "gru", "hop", "jan", "kel", "lou", "mor")


@pytest.fixture
def world():
    """A world with ten thousand enterprises, one of them on the Meuse."""
    world = WorldFactory()
    names = [
        "Pharmacie " + "".join(SYLLABLES[int(digit)] for digit in f"{number:05}") for number in range(10_000)
    ]
    Enterprise.objects.bulk_create(
        Enterprise(
            world=world,
            bce_number=bce_number(number),
            name=name,
            search_name=plain(name),
            legal_form="SRL",
            address="Rue de la Station 1",
            started_on=date(2005, 1, 1),
        )
        for number, name in enumerate([*names, "CMG Haute-Meuse ASBL"])
    )
    with connection.cursor() as cursor:
        # What the server does by itself a moment after so many rows came in.
        cursor.execute("SELECT gin_clean_pending_list('enterprise_by_name')")
        cursor.execute("ANALYZE csam_enterprise")
    return world


def indexes_of(plan):
    named = {plan["Index Name"]} if "Index Name" in plan else set()
    return named.union(*(indexes_of(part) for part in plan.get("Plans", ())))


def nodes_of(plan):
    return {plan["Node Type"]}.union(*(nodes_of(part) for part in plan.get("Plans", ())))


@pytest.mark.parametrize("words", [["haute", "meuze"], ["meuse"], ["meuse", "de", "la"]])
def test_reads_the_index_of_names_only(world, words):
    found = selectors.enterprises_named(world, words)

    plan = json.loads(found.explain(format="json"))[0]["Plan"]

    assert "enterprise_by_name" in indexes_of(plan)
    assert "Seq Scan" not in nodes_of(plan)
    assert [str(enterprise) for enterprise in found] == ["CMG Haute-Meuse ASBL"]


def test_what_is_alike_is_set_for_this_transaction_only(world):
    selectors.enterprises_named(world, ["meuse"])

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reset_val, setting FROM pg_settings WHERE name LIKE '%word_similarity_threshold'"
        )
        standing = cursor.fetchall()
    assert ("0.6", str(selectors.ALIKE)) in standing


def test_no_word_finds_nothing(world):
    assert not selectors.enterprises_named(world, []).exists()
