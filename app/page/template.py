"""The HTML template of every page: it names the language of the page and permits the one script of its own."""

import secrets

from app.text.i18n import TAGS, language


def page_template() -> str:
    """Return the template of a page that names its language from the first; the library's own says that all are English.

    The script's nonce lets the loader of modules run scripts of its own, which no other may: see `app.access.headers`.
    """
    tag = f'<script nonce="{secrets.token_urlsafe(16)}">document.documentElement.lang = "{TAGS[language()]}";</script>'
    return f'{{% extends "base.html" %}}{{% block preamble %}}{{{{ super() }}}}{tag}{{% endblock %}}'
