"""The settings of servers, with the limits out of the way of one address that logs in hundreds of times a minute."""

from benchmarks.settings import *  # noqa: F403  (settings modules build on one another)
from benchmarks.settings import ACCOUNT_RATE_LIMITS, MIDDLEWARE

MIDDLEWARE = ["benchmarks.middleware.CountingMiddleware", *MIDDLEWARE]
# Counted as ever, by one login after the other; only the number that is refused is never reached.
ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS | {"login": "100000/m/ip"}
