"""Pictures that lead to, or spell out, a website (P3), as far as markup shows it."""

from __future__ import annotations

from collections.abc import Iterator

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.checks.links import shown_hosts
from gatepost_policies.checks.sites import assess
from gatepost_policies.model import LinkKind, Source


def find_linked_logo(case: Case, params: Params) -> Iterator[Evidence]:
    """Pictures inside a link that fulfilling the order does not need, each target once."""
    forbidden = {site.link.url: site for site in assess(case) if not site.allowed}
    seen: set[str] = set()
    for image in case.mail.images:
        site = forbidden.get(image.linked_to)
        if site is None or image.linked_to in seen:
            continue
        seen.add(image.linked_to)
        yield Evidence(text=image.linked_to, label=image.label, note=_described(image.alt))
    yield from _shown_addresses(case, seen)
    by_alt = {site.link.span for site in forbidden.values() if site.link.span is not None}
    for link in shown_hosts(case, Source.ALT):
        if link.span in by_alt and link.span is not None:
            yield case.at(link.span, "the picture's text names a website")


def _shown_addresses(case: Case, seen: set[str]) -> Iterator[Evidence]:
    """Addresses of websites that are written in a picture, or that its QR code leads to."""
    for site in assess(case):
        link = site.link
        if site.allowed or link.kind is not LinkKind.CODE or link.url in seen:
            continue
        seen.add(link.url)
        if link.span is not None:
            yield case.at(link.span, "written in a picture")
        else:
            yield Evidence(text=link.url[:200], label=link.label, note="a code in a picture leads there")


def _described(alt: str) -> str:
    return f'the picture "{alt[:40]}" leads there' if alt else "a picture leads there"
