"""The classes of errors that a user can remedy: bad input, a model that failed, too little disk or memory."""


class InputError(ValueError):
    """Bad input from outside (a file, a date, an option); the message names subject, received, expected and remedy."""


class ModelError(RuntimeError):
    """The model cannot run: weights missing or mismatched, another grid, or not enough memory."""


class ResourceError(ModelError):
    """The disk or the memory does not suffice; the same request can be repeated later."""
