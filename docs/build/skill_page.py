"""The report of skill on held-out starts: one HTML page made from committed scores."""

from docs.build.measured import measured
from docs.build.skill_tables import skill
from engine.verification.report.page import page


def skill_report() -> str:
    """Return the HTML of the report of the shipped networks and heads."""
    heads = measured("heads")
    return page(skill(), None, heads["machine"], heads["heads"])
