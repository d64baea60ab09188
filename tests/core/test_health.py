from tests.csam.factories import WorldFactory


def test_says_that_the_database_answers(client):
    WorldFactory()

    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"database": "ok"})
