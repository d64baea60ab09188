"""Locks that a process holds over several transactions; its connection gone, they are gone."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def only_one(what: str, key: int) -> Iterator[bool]:
    """Whether nobody else is doing this work upon this key just now, e.g. « bhod.validation » of a world; never waits."""
    names = [zlib.crc32(what.encode()) - 2**31, key]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", names)
        [got] = cursor.fetchone()
    try:
        yield bool(got)
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", names)
