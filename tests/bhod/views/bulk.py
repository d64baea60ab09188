"""What the check page of a bulk act sends when somebody confirms it."""

import re


def page_of(response) -> dict[str, str]:
    """The hidden fields of the check that a page shows."""
    html = response.content.decode()
    found = dict(re.findall(r'<input type="hidden" name="(fingerprint|click)" value="([^"]*)">', html))
    assert found, "the page shows no check to confirm"
    return found


def confirm(client, url, asked=None):
    """Ask, see the check, and confirm it; gives the page after it."""
    page = page_of(client.get(url, asked))
    query = f"?{client.get(url, asked).context['query']}" if asked is not None else ""
    return client.post(url + query, page, follow=True)
