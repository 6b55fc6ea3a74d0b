"""What visitors of a server may do beside looking: run, score, bring files, delete. Decided once, when the server starts."""

from dataclasses import dataclass

from app.text.i18n import say
from engine.runtime.errors import InputError

DEEDS = ("run", "score", "upload", "delete")
"""What changes the user directory or costs the machine minutes."""

DEED_OF_JOB = {"forecast": "run", "reference": "run", "skill": "score", "held-out": "score", "files": "upload", "fetch": "upload"}
"""Kind of a request -> the deed it is; what a page needs to be drawn, such as the climatology, is none."""

IS_READ_ONLY = "This server is read-only: it shows what is stored; runs, scores, files and deletions are turned off."
HAS_NO_LOGIN = "This server is open to a network without a login, so it takes no files and deletes nothing."


@dataclass(frozen=True)
class Permissions:
    """The deeds that no visitor may do, and why not in one English sentence of the word table."""

    refused: frozenset[str] = frozenset()
    reason: str = ""

    def why_not(self, deed: str) -> str:
        """Return why a deed of DEEDS is refused, in the language of the visit; empty where it is allowed."""
        return say(self.reason) if deed in self.refused else ""

    def check(self, deed: str) -> None:
        """Raise InputError where a deed is refused."""
        if reason := self.why_not(deed):
            raise InputError(reason)

    def check_job(self, kind: str) -> None:
        """Raise InputError where jobs of a kind are a deed that is refused."""
        if deed := DEED_OF_JOB.get(kind):
            self.check(deed)


EVERYTHING = Permissions()


def permissions(read_only: bool, shared: bool, login: bool) -> Permissions:
    """Return what visitors may do: nothing where the server is read-only, neither upload nor delete where strangers reach it."""
    if read_only:
        return Permissions(frozenset(DEEDS), IS_READ_ONLY)
    if shared and not login:
        return Permissions(frozenset({"upload", "delete"}), HAS_NO_LOGIN)
    return EVERYTHING
