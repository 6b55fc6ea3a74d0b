"""The kinds of failure a user can do something about."""


class InputError(ValueError):
    """Bad input from outside (a file, a date, an option); the message names subject, received, expected and remedy."""


class ModelError(RuntimeError):
    """The model cannot run: weights missing or mismatched, another grid, or not enough memory."""


class ResourceError(ModelError):
    """The disk or the memory does not give what is needed; the same can be tried again when it does."""
