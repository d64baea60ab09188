"""What calendar programs read, under a secret address."""

import zlib
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import cast

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views import View

from bhod.models import CalendarFeed
from bhod.selectors import calendars
from bhod.services import feeds as services
from bhod.services.calendar_files import CONTENT_TYPE, write_calendar
from bhod_portal.core import clock
from bhod_portal.core.limits import is_too_often
from bhod_portal.core.periods import Period

# A circle's doctors share an address, with several programs each; thirty trainees may sit behind one IP address.
MOST_OF_FEED, MOST_UNKNOWN, WITHIN = 600, 300, timedelta(minutes=5)
_SECOND = timedelta(seconds=1)
_REMEMBERED = int(timedelta(days=60).total_seconds())
_KEPT = int(timedelta(hours=2).total_seconds())


@method_decorator(login_not_required, name="dispatch")
class FeedView(View):
    """What a calendar program reads. Who knows the secret is let in, whoever he is; the page knows nobody else.

    Unknown, revoked and closed are the same answer. A GET that writes: when the feed was read last, hourly.
    """

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        feed = calendars.feed_under(secret)
        if feed is None:
            who = get_adapter().get_client_ip(request)
            unknown = is_too_often("calendar-unknown", who, most=MOST_UNKNOWN, within=WITHIN)
            return _too_often() if unknown else _not_there()
        if is_too_often("calendar", str(feed.pk), most=MOST_OF_FEED, within=WITHIN):
            return _too_often()
        now = clock.now(calendars.world_of_feed(feed))
        window = calendars.window_on(clock.day_of(now))
        state = calendars.feed_state(feed, window=window, on=clock.day_of(now))
        if not state.is_open:
            return _not_there()
        services.note_reading(feed, at=now)
        etag, since = f'"{state.mark}"', _since(feed, state.mark)
        headers = {"ETag": etag, "Last-Modified": http_date(since.timestamp())}
        response = get_conditional_response(request, etag=etag, last_modified=int(since.timestamp()))
        if response is None:
            response = HttpResponse(_file(feed, window, state.mark), content_type=CONTENT_TYPE)
        for name, value in headers.items():
            response[name] = value
        return _private(response)


def _file(feed: CalendarFeed, window: Period, mark: str) -> bytes:
    """The calendar, kept as long as it says the same: to write a circle's takes a second, and all its doctors read it."""
    key = f"bhod.feed.file.{mark}"
    kept = cache.get(key)
    if kept is not None:
        return zlib.decompress(kept)
    content = write_calendar(
        calendars.published(feed, window=window),
        name=feed.label,
        language=(feed.provider.person if feed.provider else feed.created_by).language,
        with_circle=feed.provider is not None,
    )
    cache.set(key, zlib.compress(content, level=1), _KEPT)
    return content


def _since(feed: CalendarFeed, mark: str) -> datetime:
    """From when on the feed says what it says, in real time: when it was first seen to.

    The world's clock says nothing of it to a program on this side: it may be moved on by a month at any moment.
    """
    key = f"bhod.feed.{feed.pk}"
    known = cache.get(key)
    if known is not None and known[0] == mark:
        return cast(datetime, known[1])
    since = clock.real_now().replace(microsecond=0)
    if known is not None:
        # Two things said within one second are told apart.
        since = max(since, known[1] + _SECOND)
    cache.set(key, (mark, since), _REMEMBERED)
    return since


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-cache"
    # The address is a secret: it goes to nobody else.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _not_there() -> HttpResponse:
    text = _("Cet agenda n'existe pas, ou il n'existe plus : demandez-en un nouveau à votre cercle.")
    return _plain(text, HTTPStatus.NOT_FOUND)


def _too_often() -> HttpResponse:
    response = _plain(
        _("Trop de lectures en peu de temps : attendez cinq minutes."), HTTPStatus.TOO_MANY_REQUESTS
    )
    response["Retry-After"] = "300"
    return response


def _plain(text: str, status: HTTPStatus) -> HttpResponse:
    return _private(HttpResponse(text, content_type="text/plain; charset=utf-8", status=status))
