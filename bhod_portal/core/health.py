"""What `/healthz` asks: the servers here, and what the apps register; core knows none of them by name.

Nothing of it names a person, a server or a secret: whoever reaches the portal may read it.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from celery import current_app
from django.core.cache import cache
from django.db import DatabaseError
from health_check.checks import Database
from health_check.exceptions import HealthCheckException
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# What a cache raises that does not answer: Redis on servers, the database in the demo.
CACHE_ERRORS = (RedisError, OSError, DatabaseError)

# A broker that says nothing is given up after so many seconds.
PATIENCE = 0.5


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is, with the figures that tell why."""

    state: State
    figures: Mapping[str, float] = field(default_factory=dict)


# Takes real time and gives findings by name; asks the database, and the cache once, which gives up after a moment.
Check = Callable[[datetime], Mapping[str, Finding]]
_checks: list[Check] = []


def register(check: Check) -> None:
    """Have `/healthz` ask this too; for AppConfig.ready()."""
    _checks.append(check)


def findings(real_now: datetime) -> dict[str, Finding]:
    """All that was found, by name, the database first; without it nothing else is asked."""
    found = {"database": _database()}
    if found["database"].state == State.DOWN:
        return found
    found |= {"broker": _broker(), "cache": _cache()}
    for check in _checks:
        try:
            found |= check(real_now)
        except DatabaseError:
            # A database that answers, but not this: of another version of the portal perhaps.
            logger.exception("health: %s could not be asked", check.__name__)
            found[check.__name__] = Finding(State.UNKNOWN)
    return found


def overall(found: Mapping[str, Finding]) -> State:
    """Down without the database: nothing can be served then. Degraded when anything else is not well."""
    if found["database"].state == State.DOWN:
        return State.DOWN
    well = all(finding.state == State.OK for finding in found.values())
    return State.OK if well else State.DEGRADED


def _database() -> Finding:
    try:
        Database().run()
    except HealthCheckException as error:
        logger.error("health: the database does not answer (%s)", type(error.__cause__).__name__)  # noqa: TRY400  (asked for every few seconds)
        return Finding(State.DOWN)
    return Finding(State.OK)


def _broker() -> Finding:
    limits = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    try:
        with current_app.connection_for_write(transport_options=limits) as connection:
            transport = connection.transport
            opened = transport.establish_connection()
            try:
                # Speaks with the server, once.
                transport.create_channel(opened)
            finally:
                transport.close_connection(opened)
    except (KombuError, RedisError, OSError) as error:
        logger.warning("health: the broker does not answer (%s)", type(error).__name__)
        return Finding(State.DOWN)
    return Finding(State.OK)


def _cache() -> Finding:
    try:
        cache.get("health")
    except CACHE_ERRORS as error:
        logger.warning("health: the cache does not answer (%s)", type(error).__name__)
        return Finding(State.DOWN)
    return Finding(State.OK)
