"""Model cards: one page for each network or head in `assets/weights`, made from the JSON card of its weights."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from docs.build.card_texts import (
    HEADS,
    HOW_SET,
    KINDS,
    NO_MASKING,
    PUBLISHED_MASKING,
    RELAXATION,
    SET_BY_HAND,
    SHARED_PHYSICS,
    SIMULATION,
    SOME_MASKING,
)
from docs.build.measured import markdown_table
from engine.runtime.paths import ASSETS
from engine.schema.variables import VARIABLES

Card = Mapping[str, Any]

WEIGHTS = "../../assets/weights"
"""The folder of weights and pictures of losses, as a page in docs/models names it."""


def card_paths() -> list[Path]:
    """Return the JSON cards of the weights that are in the repository, `small` and its heads first."""
    return sorted((ASSETS / "weights").glob("*.json"), key=lambda path: (not path.stem.startswith("small"), path.stem))


def card_page(path: Path) -> str:
    """Return the Markdown page of a card."""
    card = json.loads(path.read_text(encoding="utf-8"))
    parts = _head(path.stem, card) if "head" in card else _network(path.stem, card)
    facts = {
        "weights": f"`assets/weights/{path.stem}.safetensors`",
        "SHA-256 of the weights": f"`{card['sha256']}`",
        "revision of the code that trained them": f"`{card['revision'][:12]}`",
        "licence": "Apache-2.0",
    }
    loss = f"![Training loss and validation of {path.stem} by update]({WEIGHTS}/{path.stem}_loss.png)"
    return "\n\n".join([*parts, "## Loss", loss, "## Files", _facts(facts)]) + "\n"


def _network(name: str, card: Card) -> list[str]:
    preset, training = card["preset"], card["training"]
    evolution = preset["projection"] == "evolution"
    facts = {
        "parameters": f"{card['parameters']:,}",
        "grid": _grid(card["grid"]),
        "channels in, out": f"{len(card['channels'])}, {len(card['tendency'])}",
        "time step": f"{card['time_step_days']} day",
        "patch": f"{preset['patch']} x {preset['patch']} cells",
        "encoder, depth x width": f"{preset['encoder_depth']} x {preset['encoder_width']}",
        "decoder, depth x width": f"{preset['decoder_depth']} x {preset['decoder_width']}" if preset["decoder_depth"] else "none",
        "projection": preset["projection"],
    }
    if evolution:
        facts["local path"] = f"1 + {len(preset['dilations'])} convolutions of width {preset['local_width']}"
    parts = [f"# {preset['label']} (`{name}`)", KINDS[preset["projection"], preset["backbone"]]]
    parts += [SHARED_PHYSICS if evolution else SIMULATION, "## Network", _facts(facts), "## Training", _masking(training["plan"])]
    parts += [_facts(_training_facts(training)), _phases(training["plan"]["phases"]), *_independence(training)]
    parts += ["## Error after training", *_errors(training, "persistence")]
    if evolution or "remarks" in training:
        parts.append("## Set by hand")
    if evolution:
        rows = [[what, f"{value:g}"] for what, value in SET_BY_HAND]
        parts += [markdown_table(["constant", "value"], rows), HOW_SET]
    if "remarks" in training:
        parts += ["The remarks of the card, as written when the network was trained:", f"> {training['remarks']}"]
    return parts


def _head(name: str, card: Card) -> list[str]:
    training, shape = card["training"], card["shape"]
    facts = {
        "parameters": f"{card['parameters']:,}",
        "grid": _grid(card["grid"]),
        "shape": ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in shape.items()),
        "SHA-256 of the backbone": f"`{card['backbone_sha256'][:12]}...`",
    }
    days = {seed: f"days {first} to {last} of the sample ocean" for seed, (first, last) in training["days"].items()}
    plan = training["plan"]
    learned = days | {
        "updates": str(training["updates"]),
        "learning rate, batch": f"{plan['rate']:g}, {plan['batch']}",
        "hours on one core": f"{training['hours']:g}",
    }
    then = training.get("then")
    if then:
        learned["further updates with disturbed first days"] = str(then["updates"])
    against = "bicubic" if "first_day_error_over_bicubic" in training else "persistence"
    parts = [f"# {card['head'].capitalize()} head (`{name}`)", HEADS[card["head"]], SIMULATION, "## Network", _facts(facts)]
    parts += ["## Training", "The backbone is frozen.", _facts(learned), "## Error after training", *_errors(training, against)]
    if then and "first_day_error_over_persistence" in then:
        parts += ["After the further updates:", *_errors(then, against)]
    if rates := training.get("return_in_a_day"):
        rows = [[_field(field), f"{100 * rate:g} %"] for field, rate in rates.items()]
        parts += ["## Relaxation", RELAXATION, markdown_table(["field", "a day"], rows)]
    return parts


def _grid(grid: Card) -> str:
    rows, columns = grid["shape"]
    (south, north), (west, east) = grid["lat"], grid["lon"]
    levels = "the surface" if len(grid["depth"]) == 1 else f"{len(grid['depth'])} levels"
    return f"{rows} x {columns}, centres {south:g} to {north:g} °N, {west:g} to {east:g} °E, {levels}"


def _masking(plan: Card) -> str:
    phases = plan["phases"]
    if any(phase.get("epoch") for phase in phases):
        return PUBLISHED_MASKING
    if any(phase["masked"] for phase in phases):
        return SOME_MASKING
    return NO_MASKING


def _training_facts(training: Card) -> dict[str, str]:
    return {
        "data": ", ".join(training["data"]) + " (runs of the sample ocean)",
        "sequences of days": str(len(training["sequences"])),
        "updates": str(training["updates"]),
        "hours": f"{training['hours']:g}",
        "seed": str(training["seed"]),
    }


def _phases(phases: Sequence[Card]) -> str:
    rows = [[str(phase["steps"]), str(phase["horizon"]), f"{phase['rate']:g}"] for phase in phases]
    return markdown_table(["updates", "days of the rollout", "highest learning rate"], rows)


def _independence(training: Card) -> list[str]:
    held_out = max(training["correlation_of_held_out_starts_with_training_at_most"])
    unrelated = training["correlation_of_unrelated_runs_at_most"]
    return [
        f"Held-out starts: sample days {', '.join(map(str, training['held_out_starts']))} of another run. Their sea surface "
        f"height anomaly correlates with training days by at most {held_out:g}; that of unrelated runs by at most {unrelated:g}."
    ]


def _errors(found: Card, against: str) -> list[str]:
    parts = []
    keys = {f"first_day_error_over_{against}": "first day", "validation_error_over_persistence": "held-back sequences"}
    for key, when in keys.items():
        if key in found:
            rows = [[_field(field), f"{value:g}"] for field, value in found[key].items()]
            parts.append(markdown_table(["field", f"error over {against}'s, {when}"], rows))
    return parts


def _field(name: str) -> str:
    variable, _, depth = name.partition(" ")
    return f"{VARIABLES[variable].long_name} {depth}".strip()


def _facts(facts: Mapping[str, str]) -> str:
    return markdown_table(["property", "value"], [[name, value] for name, value in facts.items()])
