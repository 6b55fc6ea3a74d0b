"""Skill: errors, correlations, energy and spectra of models beside the baselines, from results of verification."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from app.analysis import skill
from app.charts.skill import by_lead, by_wavelength, legend
from app.charts.skill_table import table
from app.services.services import Services
from app.state.selection import BAND_LABELS, Selection
from app.text.i18n import listed, say
from app.text.units import unit_of
from engine.diagnostics import DISPLAY_VARIABLES
from engine.verification.report.page import UPPER_BOUND
from engine.verification.results import Result

HEADINGS = {"rmse": "RMSE", "acc": "Anomaly correlation", "bias": "Bias"}
POWER_UNITS = {"zos": "m² km", "ke": "m² s⁻² km"}


@dataclass(frozen=True)
class SkillQuestion:
    """What of a selection the charts of skill depend on."""

    source: str
    model: str
    on_disk: bool
    """Whether there are forecasts on the disk to be scored."""
    name: str = ""
    variable: str = "zos"
    depth: float = 0.0
    band: str = "14-64"
    waters: str = next(iter(skill.WATERS))
    units: str = "si"
    theme: str = "light"


@dataclass
class SkillDrawing:
    """Charts, key, table and words of one verification result, and the choices that were answered."""

    choices: dict[str, str]
    name: str = ""
    result: Result | None = None
    places: dict[str, dict[float, list[str]]] = field(default_factory=dict)
    place: str = ""
    """Field, depth and waters in words."""
    names: dict[str, str] = field(default_factory=dict)
    """Model, baseline or floor -> how it is called."""
    chosen: tuple[str, float, str] = ("", 0.0, "")
    charts: list[Any] = field(default_factory=list)
    legend: str = ""
    table: str = ""
    words: str = ""
    refused: str = ""


def question(selection: Selection, source: str, model: str, on_disk: bool) -> SkillQuestion:
    """Return what a selection asks of the results of a source and model."""
    return SkillQuestion(
        source, model, on_disk, selection.skill, selection.variable, float(selection.depth), selection.band, selection.waters,
        selection.units, selection.theme,
    )  # fmt: skip


def skill_drawing(services: Services, selection: Selection) -> SkillDrawing:
    """Return everything that is drawn of a selection, without a page."""
    pairs = skill.pairs_on_disk(services, selection.source, selection.model)
    return draw_skill(question(selection, selection.source, selection.model, bool(pairs)))


def draw_skill(asked: SkillQuestion) -> SkillDrawing:
    """Return everything that is drawn of one result: the named one, or the first there is."""
    found = skill.choices(asked.source, asked.model, asked.on_disk)
    to_come = say("Forecasts on the disk: {model}", model=skill.model_label(asked.model))
    labels = {key: to_come if each is None else skill.label_of(each) for key, each in found.items()}
    counts = Counter(labels.values())
    labels = {key: label if counts[label] == 1 else f"{label} ({key})" for key, label in labels.items()}
    made = SkillDrawing(labels, skill.chosen(asked.name, found), refused="; ".join(skill.listing().refused))
    made.result = found.get(made.name)
    if made.result is not None:
        _fill(made, made.result, asked)
    return made


def _fill(made: SkillDrawing, result: Result, asked: SkillQuestion) -> None:
    models, theme, variable, depth, band = result.models, asked.theme, asked.variable, asked.depth, asked.band
    made.places = skill.places(result)
    variable = variable if variable in made.places else next(iter(made.places))
    depth = min(made.places[variable], key=lambda each: abs(each - depth))
    band = band if band in made.places[variable][depth] else made.places[variable][depth][0]
    made.chosen = (variable, depth, band)
    shown = DISPLAY_VARIABLES[variable]
    cells = skill.cells(result, variable, depth, band)
    unit = unit_of(variable, asked.units).of_differences
    units = {"rmse": unit.symbol, "acc": say("correlation"), "bias": unit.symbol}
    scores = {score: skill.curves(cells, score) for score in HEADINGS}
    for score in ("rmse", "bias"):
        scores[score] = {name: unit.of(each) for name, each in scores[score].items()}
    names: dict[str, str] = {}
    for score, each in scores.items():
        if each:
            limits = {"wanted": 0.0} if score == "bias" else {"at_least_zero": True} if score == "rmse" else {}
            made.charts.append(by_lead(each, models, say(HEADINGS[score]), units[score], theme, **limits))
            names |= dict.fromkeys(each, "")
    kept = skill.energy(result, band)
    if kept:
        title = listed((say("Eddy energy kept"), say(BAND_LABELS[band])))
        made.charts.append(by_lead(kept, models, title, say("share of the reference's"), theme, wanted=1.0))
    last = max(int(lead) for lead in next(iter(cells.values())).index)
    for quantity, title in (("zos", "Spectrum of sea level"), ("ke", "Spectrum of currents")):
        each = skill.spectra(result, asked.waters, quantity)
        if each:
            made.charts.append(
                by_wavelength(each, models, listed((say(title), say("day {lead}", lead=last))), POWER_UNITS[quantity], theme)
            )
            names |= dict.fromkeys(each, "")
    names = {name: say(skill.OTHER_LABELS.get(name, "")) or skill.model_label(name) for name in names}
    made.legend = legend(names, models, theme)
    made.names = names
    where = say("{field} at {metres:g} m", field=say(shown.label), metres=depth)
    made.place = listed((where if len(made.places[variable]) > 1 else say(shown.label), say(BAND_LABELS[band])))
    headed = {
        f"{say(HEADINGS[score])}{f' ({unit.symbol})' if score != 'acc' else ''}": each for score, each in scores.items() if each
    }
    made.table = table(headed, names, made.place)
    made.words = f"{skill.facts(result)} {say(UPPER_BOUND)}"
