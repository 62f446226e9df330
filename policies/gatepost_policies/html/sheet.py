"""A small cascade: the rules of a mail's `<style>` sheets that decide what is seen, matched to elements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from gatepost_policies.html.style import Declarations, Effect, declarations, effect

MAX_RULES: Final = 2_000
MAX_SHEET: Final = 500_000  # characters of all sheets of one document
MAX_SELECTOR: Final = 200
MAX_MATCHES: Final = 200_000  # matches of compound selectors in one document

_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_AT_BLOCK: Final = re.compile(r"@([a-zA-Z-]+)([^{};]*)([{;]|\Z)")
_RULE: Final = re.compile(r"([^{}@;]*+)\{([^{}]*+)\}?")
_SIMPLE: Final = re.compile(r"([a-zA-Z][\w-]*)?(?:\.([\w-]+)|#([\w-]+))?")
_UNCONDITIONAL: Final = re.compile(r"\s*(?:only\s+)?(?:screen|all)?\s*", re.IGNORECASE)
_PSEUDO_STATE: Final = re.compile(
    r":(?:hover|active|focus|visited|target|after|before|first-l)|::", re.IGNORECASE
)
_SPECIFIC: Final = (
    re.compile(r"#[\w-]+"),
    re.compile(r"\.[\w-]+|\[|(?<!:):(?!:)"),
    re.compile(r"(?:^|[\s>+~])[a-zA-Z]"),
)
_HIDES: Final = frozenset({"none", "hidden", "collapse"})


@dataclass(slots=True)
class _Rule:
    weight: tuple[int, int, int, int]  # specificity, then order
    body: Declarations


@dataclass(slots=True)
class Cascade:
    """The rules of one document, by what they select."""

    by_tag: dict[str, list[_Rule]] = field(default_factory=dict)
    by_class: dict[str, list[tuple[str, _Rule]]] = field(default_factory=dict)
    by_id: dict[str, list[tuple[str, _Rule]]] = field(default_factory=dict)
    by_node: dict[int, list[_Rule]] = field(default_factory=dict)
    defects: list[str] = field(default_factory=list)
    is_empty: bool = True  # no sheet says anything that matters
    _memo: dict[tuple[tuple[int, ...], str], Effect] = field(default_factory=dict)

    def rules_for(self, node_id: int, tag: str, attributes: dict[str, str | None]) -> list[_Rule]:
        """The rules that select an element."""
        found = [*self.by_tag.get("*", ()), *self.by_tag.get(tag, ()), *self.by_node.get(node_id, ())]
        classes = attributes.get("class")
        if classes and self.by_class:
            for name in classes.split()[:50]:
                found += [rule for wanted, rule in self.by_class.get(name, ()) if wanted in ("", tag)]
        named = attributes.get("id")
        if named and self.by_id:
            found += [rule for wanted, rule in self.by_id.get(named, ()) if wanted in ("", tag)]
        return found

    def effect(self, rules: list[_Rule], inline: str) -> Effect:
        """What `rules` and an inline style together do, by importance, specificity and order."""
        key = (tuple(id(rule) for rule in rules), inline)
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = effect(_merged(rules, inline))
        return known


def _merged(rules: list[_Rule], inline: str) -> dict[str, str]:
    bodies = [rule.body for rule in sorted(rules, key=lambda rule: rule.weight)] + [declarations(inline)]
    style: dict[str, str] = {}
    for wanted in (False, True):
        for body in bodies:
            for name, value, important in body:
                if important is wanted:
                    style.pop(name, None)
                    style[name] = value
    return style


def read_sheets(sheets: list[str], parser: LexborHTMLParser) -> Cascade:
    """The cascade of a document's sheets. What is only hidden under a condition counts as seen."""
    cascade = Cascade()
    text = "\n".join(sheets)
    if len(text) > MAX_SHEET:
        cascade.defects.append("css-too-long")
    budget = [MAX_MATCHES]
    for order, (selector, body, conditional) in enumerate(_rules(_COMMENT.sub("", text[:MAX_SHEET]))):
        if order >= MAX_RULES:
            cascade.defects.append("css-too-long")
            break
        said = declarations(body)
        if conditional:
            said = tuple(
                entry for entry in said if entry[0] in ("display", "visibility") and entry[1] not in _HIDES
            )
        if said:
            for one in selector.split(","):
                _add(cascade, one.strip(), (order, said, conditional), (parser, budget))
    return cascade


def _rules(text: str) -> list[tuple[str, str, bool]]:
    """The qualified rules of a sheet: selector, body, and whether a condition stands before them."""
    found: list[tuple[str, str, bool]] = []
    ends: list[bool] = []  # conditions of the blocks we are in
    position = 0
    while position < len(text) and len(found) <= MAX_RULES:
        letter = text[position]
        if letter in " \t\r\n\f;":
            position += 1
        elif letter == "}":
            position += 1
            if ends:
                ends.pop()
        elif letter == "@":
            position = _at_rule(text, position, ends)
        elif match := _RULE.match(text, position):
            found.append((match[1].strip(), match[2], any(ends)))
            position = match.end()
        elif stop := _STOP.search(text, position + 1):
            position = stop.start()
        else:
            break
    return found


def _at_rule(text: str, position: int, ends: list[bool]) -> int:
    match = _AT_BLOCK.match(text, position)
    if match is None:
        return position + 1
    if match[3] != "{":
        return match.end()
    name = match[1].lower()
    if name in ("media", "supports", "layer", "container", "document"):
        ends.append(name in ("media", "container") and _UNCONDITIONAL.fullmatch(match[2]) is None)
        return match.end()
    # @font-face, @page and their like hold declarations, @keyframes rules of its own: nothing that hides.
    depth, at = 1, match.end()
    while depth and (brace := _BRACE.search(text, at)):
        depth += 1 if brace[0] == "{" else -1
        at = brace.end()
    return at if not depth else len(text)


_STOP: Final = re.compile(r"[{}@;]")
_BRACE: Final = re.compile(r"[{}]")


def _add(
    cascade: Cascade,
    selector: str,
    said: tuple[int, Declarations, bool],
    place: tuple[LexborHTMLParser, list[int]],
) -> None:
    order, body, conditional = said
    if not selector or len(selector) > MAX_SELECTOR or _PSEUDO_STATE.search(selector):
        return
    counts = [len(pattern.findall(selector)) for pattern in _SPECIFIC]
    # An un-hiding under a condition wins: in that view the text is read.
    first = counts[0] + 1000 if conditional else counts[0]
    cascade.is_empty = False
    rule = _Rule((first, counts[1], counts[2], order), tuple((n, v, i or conditional) for n, v, i in body))
    simple = _SIMPLE.fullmatch(selector)
    if selector == "*":
        cascade.by_tag.setdefault("*", []).append(rule)
    elif simple is None:
        _match_all(cascade, selector, rule, place)
    elif simple[2]:
        cascade.by_class.setdefault(simple[2], []).append(((simple[1] or "").lower(), rule))
    elif simple[3]:
        cascade.by_id.setdefault(simple[3], []).append(((simple[1] or "").lower(), rule))
    else:
        cascade.by_tag.setdefault(simple[1].lower(), []).append(rule)


def _match_all(
    cascade: Cascade, selector: str, rule: _Rule, place: tuple[LexborHTMLParser, list[int]]
) -> None:
    parser, budget = place
    if budget[0] <= 0:
        if "css-too-long" not in cascade.defects:
            cascade.defects.append("css-too-long")
        return
    try:
        nodes = parser.css(selector)
    except (SelectolaxError, ValueError):
        return
    budget[0] -= len(nodes) + 100
    for node in nodes:
        cascade.by_node.setdefault(node.mem_id, []).append(rule)
