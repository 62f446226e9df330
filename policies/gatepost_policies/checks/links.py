"""Links that are not needed, that opt out, or whose words name another place (P1, P2; 2020-D1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.checks.sense import overlaps
from gatepost_policies.checks.sites import NEEDLESS_AMAZON_PAGE, Site, assess, is_amazon, parts_of
from gatepost_policies.facts.bare import find_bare
from gatepost_policies.facts.hosts import registrable
from gatepost_policies.language.scene import Sentence
from gatepost_policies.model import Link, LinkKind, Source

AMAZON_PAGES, OTHER_SITES = "amazon-pages", "other-sites"
DENIED_WITHIN = 10  # characters from "nothing" to what there is not
MAX_QUOTED = 300  # characters of a header that evidence quotes
_SHOWN = frozenset({LinkKind.HREF, LinkKind.AREA, LinkKind.SVG})
_OPT_OUT_IN_URL = (
    "unsubscri", "opt-out", "optout", "opt_out", "desabonn", "desinscri", "abmeld", "abbestell", "austrag",
    "darse-de-baja", "cancelar-suscripcion", "descadastr", "disiscri", "cancella-iscri", "uitschrij",
    "afmeld", "wypisz", "rezygnacj", "avregistrer", "avprenumerer", "abonelikten", "haishin-teishi",
    "email-preferences", "manage-preferences", "subscription-preferences", "unregister",
)  # fmt: skip


def find_external(case: Case, params: Params) -> Iterator[Evidence]:
    """Each website that the mail leads to without need, once (P1); `only` narrows the sites down."""
    only = params.get("only")
    seen: set[tuple[str, str]] = set()
    for site in assess(case):
        if only and (site.why == NEEDLESS_AMAZON_PAGE) is not (only == AMAZON_PAGES):
            continue
        if site.allowed:
            continue
        key = (site.link.host, _bare(site.link.url))
        if key not in seen:
            seen.add(key)
            yield _evidence(case, site)


def validate_only(params: Params) -> None:
    """Refuse an `only` that is neither of the two kinds."""
    if params.get("only", OTHER_SITES) not in (AMAZON_PAGES, OTHER_SITES):
        raise ValueError(f"only: {AMAZON_PAGES} or {OTHER_SITES}")


def find_mismatch(case: Case, params: Params) -> Iterator[Evidence]:
    """Links whose visible words are the address of another site than the one they lead to."""
    for site in assess(case):
        link = site.link
        if link.span is None or link.kind not in _SHOWN or not case.is_own(link.span):
            continue
        for shown in find_bare(link.shown):
            if _differ(shown.host, link.host):
                yield case.at(link.span, f"the words name {shown.host}, the link leads to {link.host}")
                break


def find_opt_out(case: Case, params: Params) -> Iterator[Evidence]:
    """Links, headers and instructions by which the reader is to end the seller's mails (P2)."""
    for header in case.mail.headers:
        if "unsubscribe" in header.name.lower():
            yield Evidence(text=header.value[:MAX_QUOTED], label=f"header:{header.name}")
    seen: set[str] = set()
    for evidence in (*_opt_out_links(case), *_opt_out_words(case)):
        words = " ".join(evidence.text.lower().split())
        if words not in seen:
            seen.add(words)
            yield evidence


def _opt_out_links(case: Case) -> Iterator[Evidence]:
    for link in case.mail.links:
        if link.kind in (LinkKind.REMOTE, LinkKind.CSS, LinkKind.HEADER):
            continue
        if link.span is not None and not case.is_own(link.span):
            continue
        if any(word in link.url.lower() for word in _OPT_OUT_IN_URL):
            yield case.at(link.span) if link.span else Evidence(text=link.url, label=link.label)


def _opt_out_words(case: Case) -> Iterator[Evidence]:
    if not case.spoken("opt_out") or case.spoken("not_ours"):
        return  # who says whose newsletter it is tells how to leave another's list
    for sentence in case.scene.own():
        if not sentence.has("reply_to_enquiry") and not _denies_list(sentence):
            for hit in sentence.of("opt_out")[:1]:
                yield case.at(hit.span)


def _denies_list(sentence: Sentence) -> bool:
    """Whether the sentence says that there is nothing to unsubscribe from, rather than how to."""
    false = sentence.of("false_negation")
    return any(
        0 <= hit.span.start - negation.span.end <= DENIED_WITHIN
        for negation in sentence.of("negation")
        for hit in sentence.of("opt_out")
        if not any(overlaps(negation.span, other.span) for other in false)
    )


def _evidence(case: Case, site: Site) -> Evidence:
    link = site.link
    if link.span is None or link.span.start == link.span.end:
        return Evidence(text=link.url, label=link.label, note=site.why)
    note = site.why if link.host in link.shown.lower() else f"leads to {link.host}; {site.why}"
    return case.at(link.span, note)


def _bare(url: str) -> str:
    """`url` without what does not change where it leads, to count a link and its written address once."""
    return parts_of(url.strip()).rest.rstrip("/")


def _differ(shown: str, leads_to: str) -> bool:
    if not shown or not leads_to or (is_amazon(shown) and is_amazon(leads_to)):
        return False
    return (registrable(shown) or shown) != (registrable(leads_to) or leads_to)


def shown_hosts(case: Case, source: Source) -> Iterable[Link]:
    """The addresses written out in passages of one source, such as the alt text of pictures."""
    for link in case.mail.links:
        if (
            link.kind is LinkKind.BARE
            and link.span
            and case.mail.passages[link.span.passage].source is source
        ):
            yield link
