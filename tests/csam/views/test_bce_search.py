import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from tests.csam.factories import EnterpriseFactory, WorldFactory
from tests.pages import errors, shows

URL = reverse("csam:bce_search")
NAMES = (
    "CMG Haute-Meuse ASBL",
    "CMG Basse-Meuse ASBL",
    "Cercle des médecins de l'Ourthe et de l'Amblève ASBL",
    "Huisartsenkring Leiestreek VZW",
    "Maison médicale La Source ASBL",
)


@pytest.fixture(autouse=True)
def _enterprises():
    for name in NAMES:
        EnterpriseFactory(name=name)
    EnterpriseFactory(name="CMG Haute-Meuse d'ailleurs ASBL", world=WorldFactory(code="ailleurs"))


def found(client, typed, **query):
    response = client.get(URL, {"q": typed, **query})
    assert response.context["form"].errors == {}
    return [line.enterprise.name for line in response.context["lines"]]


def test_asks_for_a_number_or_a_name(client):
    response = client.get(URL)

    assertContains(response, 'name="q"')
    assert response.context["page_obj"] is None
    assert response.context["form"].errors == {}


class TestByName:
    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            pytest.param("leiestreek", NAMES[3], id="a word, in small letters"),
            pytest.param("MAISON MEDICALE", NAMES[4], id="capitals, no accents"),
            pytest.param("amblève ourthe", NAMES[2], id="words far apart, in another order"),
            pytest.param("l'ourthe", NAMES[2], id="an apostrophe"),
            pytest.param("Huisartsenkrin", NAMES[3], id="a word begun"),
            pytest.param("la sourse", NAMES[4], id="a letter wrong"),
            pytest.param("leistreek", NAMES[3], id="a letter missing"),
            pytest.param("Maison médicale de la Source", NAMES[4], id="a word too many"),
            pytest.param("huisartsen kring leiestreek", NAMES[3], id="a word in two"),
        ],
    )
    def test_finds_first_what_is_meant(self, client, typed, name):
        assert found(client, typed)[0] == name

    def test_puts_the_best_first(self, client):
        assert found(client, "haute meuse") == [NAMES[0], NAMES[1]]
        assert found(client, "meuse basse") == [NAMES[1], NAMES[0]]

    def test_finds_a_word_with_a_wrong_letter(self, client):
        assert set(found(client, "meuze")) == set(NAMES[:2])

    def test_says_how_many(self, client):
        assert shows(client.get(URL, {"q": "meuse"}), "2 entreprises trouvées")
        assert shows(client.get(URL, {"q": "leiestreek"}), "1 entreprise trouvée")

    def test_marks_what_has_stopped(self, client):
        EnterpriseFactory(name="Garde Sambre ASBL", stopped=True)

        assert shows(client.get(URL, {"q": "sambre"}), "arrêtée le 30/06/2024")

    def test_says_what_to_try_when_nothing_is_found(self, client):
        response = client.get(URL, {"q": "zzyzx"})

        assert shows(response, "0 entreprise trouvée")
        assert shows(response, "un seul mot caractéristique du nom suffit")


class TestByNumber:
    @pytest.mark.parametrize(
        "write",
        [
            pytest.param(lambda digits: digits, id="ten digits"),
            pytest.param(lambda digits: digits[1:], id="nine digits"),
            pytest.param(lambda digits: f" be {digits[:4]}.{digits[4:7]}.{digits[7:]} ", id="be and dots"),
        ],
    )
    def test_leads_to_the_enterprise(self, client, write):
        enterprise = EnterpriseFactory()

        response = client.get(URL, {"q": write(enterprise.bce_number)})

        assertRedirects(response, reverse("csam:bce_enterprise", args=[enterprise.bce_number]))

    @pytest.mark.parametrize("elsewhere", [False, True])
    def test_says_that_nobody_has_this_number(self, client, elsewhere):
        number = EnterpriseFactory.build(world=None).bce_number
        if elsewhere:
            EnterpriseFactory(bce_number=number, world=WorldFactory(code="ailleurs"))

        response = client.get(URL, {"q": number})

        assert response.context["lines"] == []
        assert shows(response, "aucune entreprise de ce monde ne le porte")

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            pytest.param("0999999032", "check_digits", id="a digit is wrong"),
            pytest.param("0999.999", "malformed", id="too short"),
            pytest.param("71.03.14-996.96", "malformed", id="the number of a person"),
        ],
    )
    def test_says_what_is_wrong_with_it(self, client, typed, code):
        assert errors(client.get(URL, {"q": typed})) == {"q": [code]}


class TestHostileInput:
    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            pytest.param("", "required", id="nothing"),
            pytest.param("   \t ", "required", id="spaces"),
            pytest.param("a\0b", "null_characters_not_allowed", id="NUL"),
            pytest.param("a" * 1000, "max_length", id="a thousand letters"),
            pytest.param("%_\\'\";--", "no_word", id="signs only"),
            pytest.param("…·—", "no_word", id="signs beyond ASCII"),
        ],
    )
    def test_is_refused_with_a_reason(self, client, typed, code):
        response = client.get(URL, {"q": typed})

        assert errors(response) == {"q": [code]}
        assert response.context["page_obj"] is None

    @pytest.mark.parametrize("typed", ["%meuse%", "meuse_", "\\meuse", "meuse';--", "meuse:*&|!()"])
    def test_signs_mean_nothing(self, client, typed):
        assert set(found(client, typed)) == set(NAMES[:2])

    @pytest.mark.parametrize("typed", ["a b c", "é", "日本", "🙂 a", "ﬃ", "\u0301meuse", "a " * 100])
    def test_odd_words_are_words(self, client, typed):
        assert client.get(URL, {"q": typed}).status_code == 200

    @pytest.mark.parametrize("page", ["", "0", "-1", "x", "9" * 30])
    def test_another_page_than_there_is(self, client, page):
        assert len(found(client, "meuse", page=page)) == 2


class TestManyEnterprises:
    @pytest.fixture(autouse=True)
    def _more(self):
        for number in range(30):
            EnterpriseFactory(name=f"Pharmacie {number:02} SRL")

    def test_come_in_pages_of_twenty_five(self, client):
        response = client.get(URL, {"q": "pharmacie"})

        assert len(response.context["lines"]) == 25
        assert shows(response, "30 entreprises trouvées")
        assertContains(response, "?q=pharmacie&amp;page=2")
        assert len(found(client, "pharmacie", page=2)) == 5

    def test_cost_no_more_queries(self, client, max_reads):
        # The world; how alike is alike enough; how many; a page of them.
        with max_reads(4):
            client.get(URL, {"q": "pharmacie"})
