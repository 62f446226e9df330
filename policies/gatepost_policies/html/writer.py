"""Writes the visible text of a page as a reader sees it: white space collapsed, blocks on own lines."""

from __future__ import annotations

from typing import Final

from gatepost_policies.html.look import Look
from gatepost_policies.model import Hiding
from gatepost_policies.text import as_seen

MAX_HIDDEN: Final = 500  # stretches of hidden words kept
MAX_HIDDEN_TEXT: Final = 20_000  # characters of one stretch
MAX_BREAKS: Final = 10


class Mark:
    """A range of the visible text that grows while it is open: what is shown for a link."""

    __slots__ = ("end", "start")

    def __init__(self) -> None:
        self.start = -1
        self.end = -1


class Writer:
    """The visible text so far, and the hidden words beside it."""

    def __init__(self) -> None:
        self.length = 0
        self.marks: list[Mark] = []  # open ones
        self.defects: list[str] = []
        self._out: list[str] = []
        self._breaks = 0
        self._space = False
        self._cell = False
        self._hidden: list[tuple[list[str], Hiding]] = []
        self._hidden_at = -1  # visible length when the last hidden words came: neighbours are one stretch

    def text(self, raw: str, look: Look) -> None:
        """Add a text node."""
        if not raw or raw.isspace():
            self._blank(raw, look)
            return
        text = raw
        if not (raw.isascii() and raw.isprintable()):
            seen = as_seen(raw)
            for word in seen.masked:
                self.hide(word, Hiding.INVISIBLE)
            text = seen.text
        if look.pre:
            body = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
        else:
            body = " ".join(text.split())
        if not body:
            self._space = True
        elif look.hiding is not None:
            self._conceal(body, look.hiding)
        else:
            self._write(body[::-1] if look.backwards else body, lead=text[0].isspace() and not look.pre)
            self._space = text[-1].isspace() and not look.pre

    def _blank(self, raw: str, look: Look) -> None:
        if look.hiding is None and raw:
            if look.pre and "\n" in raw:
                self._breaks = min(self._breaks + raw.count("\n"), MAX_BREAKS)
            self._space = True

    def _write(self, body: str, *, lead: bool) -> None:
        if self._out:
            between = self._between(lead=lead)
            self._out.append(between)
            self.length += len(between)
        for mark in self.marks:
            if mark.start < 0:
                mark.start = self.length
        self._out.append(body)
        self.length += len(body)
        for mark in self.marks:
            mark.end = self.length
        self._breaks, self._space, self._cell = 0, False, False

    def _between(self, *, lead: bool) -> str:
        if self._breaks:
            return "\n" * self._breaks
        if self._cell:
            return "\t"
        return " " if lead or self._space else ""

    def block(self, breaks: int) -> None:
        """A block begins or ends here: at least `breaks` line breaks before what follows."""
        self._breaks = max(self._breaks, breaks)

    def line_break(self) -> None:
        """A `<br>`."""
        self._breaks = min(self._breaks + 1, MAX_BREAKS)

    def cell(self) -> None:
        """A table cell begins."""
        self._cell = True

    def shown(self, text: str) -> None:
        """Add text that stands in an attribute and is shown (a button's label)."""
        seen = as_seen(" ".join(text.split())).text
        if seen:
            self._write(seen, lead=True)
            self._space = True

    def hide(self, text: str, how: Hiding) -> None:
        """Note words that are in the part but not to be seen."""
        words = " ".join(as_seen(text).text.split())
        if words:
            self._hidden_at = -1
            self._conceal(words, how)

    def _conceal(self, words: str, how: Hiding) -> None:
        if self._hidden and self._hidden_at == self.length and self._hidden[-1][1] is how:
            self._hidden[-1][0].append(words)
        elif len(self._hidden) < MAX_HIDDEN:
            self._hidden.append(([words], how))
        elif "too-much-hidden" not in self.defects:
            self.defects.append("too-much-hidden")
        self._hidden_at = self.length

    def hidden(self) -> list[tuple[str, Hiding]]:
        """The hidden words, by stretch."""
        return [(" ".join(words)[:MAX_HIDDEN_TEXT], how) for words, how in self._hidden]

    def finish(self) -> str:
        """The visible text."""
        return "".join(self._out)
