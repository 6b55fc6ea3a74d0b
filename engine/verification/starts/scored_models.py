"""One model of a comparison: its label, its weights, and the name of its results."""

from dataclasses import dataclass
from pathlib import Path

from engine import __version__
from engine.models.interface import Model
from engine.runtime.errors import ModelError
from engine.schema.grid import Grid, coarsened
from engine.verification.starts.result_cache import short_hash
from engine.weights.checkpoint import find_weights
from engine.weights.loading import load_model


@dataclass(frozen=True)
class ScoredModel:
    """A model by its name; `label` stands in tables, `weights` is another file than the one found by name."""

    label: str
    name: str
    weights: Path | None = None

    @classmethod
    def parse(cls, text: str) -> "ScoredModel":
        """Return the model of NAME or NAME=WEIGHTS.safetensors; the label of the second is that of its file."""
        name, _, file = text.partition("=")
        return cls(Path(file).stem, name, Path(file)) if file else cls(name, name)

    def load(self, grid: Grid, device: str, precision: str = "auto") -> Model:
        """Return the model on `grid`; raises ModelError as `load_model` does."""
        return load_model(self.name, grid, device, self.weights, precision)

    def weights_sha256(self) -> str | None:
        """Return the checksum of the weights' card without building the model, None for a model that has no weights."""
        import json

        try:
            path = self.weights or find_weights(self.name)
        except ModelError:
            return None
        card = path.with_suffix(".json")
        if not card.exists():
            raise ModelError(f"weights {path}: {card.name} is missing; expected weights and card side by side: restore the file")
        return str(json.loads(card.read_text()).get("sha256"))

    def file_name(self) -> str:
        """Return the name of the results, which differs for other versions of the program and other weights."""
        weights = self.weights_sha256()
        # The provenance of a model without weights identifies it; on a coarse grid it is quickly built.
        made_of = weights or dict(self.load(coarsened(24), "cpu").provenance)
        return f"{self.label}-{short_hash([__version__, self.name, made_of])}"
