"""What one check-up found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """How things stand."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report; `mend` says what to do, and is empty when all is well."""

    subject: str
    state: State
    found: str
    mend: str = ""

    @property
    def is_problem(self) -> bool:
        """Whether mail is at risk until it is mended."""
        return self.state is State.PROBLEM

    def as_json(self) -> dict[str, str]:
        """The object that `--json` prints."""
        return {"check": self.subject, "status": self.state.value, "found": self.found, "mend": self.mend}


def ok(subject: str, found: str) -> Finding:
    """All is well."""
    return Finding(subject, State.OK, found)


def warning(subject: str, found: str, mend: str) -> Finding:
    """It works, and should be otherwise."""
    return Finding(subject, State.WARNING, found, mend)


def problem(subject: str, found: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(subject, State.PROBLEM, found, mend)
