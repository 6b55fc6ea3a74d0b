"""Where states, forcing and references come from: observations, stored analyses, and what other packages register.

Rooms above know the protocols alone. May import readers, stores and the rooms below them.
"""

from engine.sources.protocols import (
    AlignedSource,
    Conditions,
    DaySeries,
    HeadSource,
    HeldOut,
    Identified,
    Provider,
    Source,
    States,
    TrainingSource,
    day_name,
    initial_state,
)
from engine.sources.registry import open_source, provider, providers, register_source

__all__ = [
    "AlignedSource",
    "Conditions",
    "DaySeries",
    "HeadSource",
    "HeldOut",
    "Identified",
    "Provider",
    "Source",
    "States",
    "TrainingSource",
    "day_name",
    "initial_state",
    "open_source",
    "provider",
    "providers",
    "register_source",
]
