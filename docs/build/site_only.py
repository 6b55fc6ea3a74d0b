"""Pages that the site alone has, and how pages in git name them: as text, which becomes a link in the site."""

import posixpath
import re

MADE = {"skill": "skill.html", "reference/index": "reference/index.md", "guide/commands": "guide/commands.md"}
"""Page without its ending -> its source among the files of the site."""

NAMED = re.compile(r"`([\w/]+)\.html` in the site that `make docs` builds")


def with_links(markdown: str, page: str) -> str:
    """Return the Markdown of the site's `page` with links in place of texts; raises KeyError for what the build does not make."""
    folder = posixpath.dirname(page) or "."
    return NAMED.sub(lambda found: f"[`{found[1]}.html`]({posixpath.relpath(MADE[found[1]], folder)})", markdown)
