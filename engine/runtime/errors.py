"""The classes of errors that a user can remedy: bad input, a model that failed, too little disk or memory."""

from collections.abc import Sequence


class InputError(ValueError):
    """Bad input from outside (a file, a date, an option); the message names subject, received, expected and remedy."""


class DayMissing(InputError):
    """A provider has nothing of a day, or lacks some of its fields: `reason` says why, `variables` names them, empty for all."""

    def __init__(self, reason: str, variables: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason, self.variables = reason, tuple(variables)

    def __reduce__(self) -> tuple[type["DayMissing"], tuple[str, tuple[str, ...]]]:
        return DayMissing, (self.reason, self.variables)  # the names would be lost between processes


class ModelError(RuntimeError):
    """The model cannot run: weights missing or mismatched, another grid, or not enough memory."""


class ResourceError(ModelError):
    """The disk or the memory does not suffice; the same request can be repeated later."""
