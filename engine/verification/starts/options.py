"""Options of the scores of held-out starts: device, processes, folder of stored results."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ScoringOptions:
    """On `device`, by `workers` processes that share the starts; results are stored in `work`, by default a cache.

    A stopped run continues from what is stored. `again` scores the models anew, after a change of their code.
    """

    device: str = "auto"
    work: Path | None = None
    workers: int = 1
    again: bool = False


DEFAULTS = ScoringOptions()
