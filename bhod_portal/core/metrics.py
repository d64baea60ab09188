"""What `/metrics` tells: what the apps register, read anew at each scrape.

Every number comes from the database or the cache, so that any web process gives the same answer.
"""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.registry import Collector

Source = Callable[[], Iterable[Metric]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Have `/metrics` tell this too; for AppConfig.ready()."""
    _sources.append(source)


class _Registered(Collector):
    def describe(self) -> Iterable[Metric]:
        # Asked when it is put into a registry; what it collects would be asked for twice otherwise.
        return []

    def collect(self) -> Iterable[Metric]:
        for source in _sources:
            yield from source()


def page() -> bytes:
    """All metrics, in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Registered())
    return generate_latest(registry)
