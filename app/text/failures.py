"""The sentences that tell a visitor of a failure."""

from app.text.i18n import say
from engine.runtime.errors import InputError

FAILED = "This could not be read ({error}); the log of the server says more."


def failure_words(problem: Exception) -> str:
    """Return a refusal as it is, else what kind of error it was."""
    if isinstance(problem, InputError):
        return str(problem)
    kind = problem.strerror if isinstance(problem, OSError) and problem.strerror else type(problem).__name__
    return say(FAILED, error=kind)
