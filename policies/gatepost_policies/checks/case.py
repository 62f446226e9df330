"""What a check is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from gatepost_policies.checks.sense import narrowest
from gatepost_policies.facts import buyers
from gatepost_policies.known import Known
from gatepost_policies.model import Facts, Mail, Medium, Purpose, Reading, Section, Span

if TYPE_CHECKING:
    from gatepost_policies.language.scene import Hit, Scene

T = TypeVar("T")

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """What an edition and its operator lay down for every check."""

    edition: str = ""
    languages: frozenset[str] = frozenset()  # the languages that the edition's rules understand
    allowed_hosts: frozenset[str] = frozenset()  # canonical; each stands for itself and its subdomains
    values: Mapping[str, Any] = field(default_factory=dict)  # `settings:` of pack.yaml


@dataclass(frozen=True, slots=True)
class Case:
    """One mail with all that is known of it, as every check sees it."""

    reading: Reading
    scene: Scene
    purpose: Purpose = Purpose.OTHER
    medium: Medium = Medium.MAIL
    recipients: tuple[str, ...] = ()
    known: Known = field(default_factory=Known)
    settings: Settings = field(default_factory=Settings)
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def mail(self) -> Mail:
        """The mail as it was read."""
        return self.reading.mail

    @property
    def facts(self) -> Facts:
        """What the mail says."""
        return self.reading.facts

    @property
    def buyers(self) -> tuple[str, ...]:
        """Those of the recipients that are buyers."""
        return buyers(self.recipients)

    def once(self, name: str, compute: Callable[[Case], T]) -> T:
        """What `compute` gives for this case, worked out on first use: several checks share it."""
        if name not in self.memo:
            self.memo[name] = compute(self)
        result: T = self.memo[name]
        return result

    def spoken(self, concept: str) -> tuple[Hit, ...]:
        """All own hits of a concept."""
        return self.scene.having(concept)

    def words(self, span: Span) -> str:
        """The words at `span`, exactly as they stand in the passage."""
        return self.mail.passages[span.passage].text[span.start : span.end]

    def section(self, span: Span) -> Section:
        """Whose words stand at the start of `span`."""
        for stretch in self.mail.passages[span.passage].stretches:
            if stretch.start <= span.start < stretch.end:
                return stretch.section
        return Section.AUTHOR

    def is_own(self, span: Span) -> bool:
        """Whether the seller answers for the words at `span` (quoted history never counts)."""
        return self.section(span) is not Section.QUOTED

    def at(self, span: Span, note: str = "") -> Evidence:
        """The words at `span` as evidence."""
        return Evidence(text=self.words(span), span=span, note=note)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a finding: words at a span, or a place by its label where nothing visible stands."""

    text: str = ""  # the words themselves; "" where something is missing
    span: Span | None = None
    label: str = ""  # the passage label where there is no span
    note: str = ""  # one clause for the reader where the rule's title does not say it all


Find = Callable[[Case, Params], Iterable[Evidence]]


def evidence(case: Case, spans: Iterable[Span], note: str) -> Iterator[Evidence]:
    """One evidence for each place; words that the HTML part repeats are quoted once."""
    seen: set[str] = set()
    for span in narrowest(spans):
        key = " ".join(case.words(span).lower().split())
        if key not in seen:
            seen.add(key)
            yield case.at(span, note)
