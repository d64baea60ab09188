"""Pages that read the same for every visitor without a session: rendered once, given again for two seconds.

A class of thirty that arrives at the identification page at once costs one rendering, and no query. A view says of its
answer that it may be kept: what it shows must depend on its address, the language and the visitor's cookies only, and
may lag behind the world's clock by these two seconds. `core.middleware.KeptPagesMiddleware` does the rest.
"""

from django.template.response import SimpleTemplateResponse
from django.utils.crypto import get_random_string

# Stands where each visitor gets a CSRF token of his own; nobody can guess it and have a token put where he likes.
HOLE = get_random_string(64)
MARK = "may_be_kept"


def allow(response: SimpleTemplateResponse) -> None:
    """From a view: this page, not rendered yet, may be kept."""
    response.context_data = {**(response.context_data or {}), "csrf_token": HOLE}
    setattr(response, MARK, True)
