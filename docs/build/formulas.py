"""Formulas as MathML, which browsers draw by themselves: no script and no font is loaded from another site."""

from typing import Any

from latex2mathml.converter import convert


def block(source: str, language: str, css_class: str, options: Any, md: Any, **more: Any) -> str:
    """Return the MathML of a fenced block of LaTeX, for `pymdownx.superfences`."""
    return f'<div class="formula">{convert(source, display="block")}</div>'


def inline(source: str, language: str, css_class: str, md: Any) -> str:
    """Return the MathML of LaTeX within a sentence, for `pymdownx.inlinehilite`."""
    return convert(source)
