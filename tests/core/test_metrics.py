import pytest
from prometheus_client import CONTENT_TYPE_LATEST, Metric
from prometheus_client.parser import text_string_to_metric_families

from bhod_portal.core import metrics

TOKEN = "jeton-de-prometheus"


@pytest.fixture
def planted(monkeypatch):
    monkeypatch.setattr(metrics, "_sources", [])
    metric = Metric("planted", "A number.", "gauge")
    metric.add_sample("planted", {}, 3)
    metrics.register(lambda: [metric])


@pytest.fixture
def server(settings):
    settings.METRICS_OPEN = False


def numbers(response):
    return {family.name: family for family in text_string_to_metric_families(response.content.decode())}


def test_tells_what_the_apps_register(client, planted):
    response = client.get("/metrics")

    assert (response.status_code, response["Content-Type"]) == (200, CONTENT_TYPE_LATEST)
    assert [sample.value for sample in numbers(response)["planted"].samples] == [3]


def test_gives_numbers_to_who_shows_the_token(client, server, settings, planted):
    settings.METRICS_TOKEN = TOKEN

    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert list(numbers(response)) == ["planted"]


@pytest.mark.parametrize(
    "shown", ["", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer jetôn"]
)
def test_refuses_any_other_token(client, server, settings, planted, shown):
    settings.METRICS_TOKEN = TOKEN

    response = client.get("/metrics", headers={"Authorization": shown} if shown else {})

    assert (response.status_code, response["WWW-Authenticate"], response.content) == (401, "Bearer", b"")


@pytest.mark.parametrize("shown", ["Bearer ", "Bearer", "Bearer x"])
def test_does_not_exist_on_a_server_without_token(client, server, settings, planted, shown):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": shown}).status_code == 404
