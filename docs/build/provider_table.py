"""The table of providers, made of the catalogue."""

from docs.build.measured import markdown_table
from engine.providers.catalogue import CATALOGUE
from engine.providers.protocols.provider import Provider
from engine.providers.protocols.request import request_of


def provider_table() -> str:
    """Return the Markdown of all providers: what they give, when, how much a global day is, terms."""
    columns = ("name", "gives", "from", "days are", "global day, all fields", "connections", "account", "licence")
    return markdown_table(columns, [_row(found) for found in CATALOGUE.values()])


def _row(found: Provider) -> tuple[str, ...]:
    size = request_of(found, found.first, found.first, None, None).bytes_a_day()
    until = f" to {found.last}" if found.last else ""
    return (
        f"`{found.name}`",
        f"{found.gives}{'. ' + found.notes[:1].upper() + found.notes[1:] if found.notes else ''}",
        f"{found.first}{until}",
        " or ".join(found.samplings),
        f"{size / 1e6:.3g} MB" if size < 1e9 else f"{size / 1e9:.3g} GB",
        str(found.connections),
        found.account or "none",
        f"{found.licence}. {found.citation}",
    )
