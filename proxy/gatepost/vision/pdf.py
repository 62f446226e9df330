"""PDF -> its text, its links, what is drawn on its pages, the files in it. Runs in the child process only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from typing import Any, Final

from gatepost.vision import pdfactions, pdfdrawn
from gatepost.vision.pictures import see_codes, see_words
from gatepost.vision.seen import Allowance, Seen, joined, unread

MAX_FILES: Final = 50  # in one PDF
_MAX_SIDE: Final = 14_400  # points; what PDF itself allows
_MAX_NOTES: Final = 200  # of one page
_FORMS_OF_OTHERS: Final = frozenset({2, 3})  # FORMTYPE_XFA_FULL, FORMTYPE_XFA_FOREGROUND

_BROKEN: Final = Seen(unread="the PDF is broken")

Look = Callable[[str, bytes], Seen]


def read(content: bytes, allowance: Allowance, look: Look) -> Seen:
    """What a PDF says; `unread` for one that is encrypted, broken or too long."""
    pypdfium2 = library()
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        why = "encrypted" if "password" in str(error).lower() else "broken"
        return Seen(unread=f"the PDF is {why}")
    with closing(document):
        pages = allowance.limits.pages
        seen = joined(
            [joined(_pages(document, allowance)), _beside(document), joined(_files(document, look))]
        )
        if document.get_formtype() in _FORMS_OF_OTHERS:
            seen = unread(seen, "the PDF is a form that only some programs show")
        if len(document) > pages:
            seen = unread(seen, f"the PDF has more than {pages} pages")
        return seen


def library() -> Any:
    """pypdfium2, which has no types."""
    return import_module("pypdfium2")


def _beside(document: Any) -> Seen:
    """Where the actions of the whole document lead."""
    try:
        return Seen(links=tuple(pdfactions.addresses(document)))
    except library().PdfiumError:
        return _BROKEN


def _files(document: Any, look: Look) -> Iterator[Seen]:
    count = document.count_attachments()
    for number in range(min(count, MAX_FILES)):
        try:
            attached = document.get_attachment(number)
            name, content = attached.get_name(), bytes(attached.get_data())
        except library().PdfiumError:
            yield _BROKEN
        else:
            yield look(name, content)
    if count > MAX_FILES:
        yield Seen(unread=f"the PDF holds more than {MAX_FILES} files")


def _pages(document: Any, allowance: Allowance) -> Iterator[Seen]:
    for number in range(min(len(document), allowance.limits.pages)):
        try:
            page = document[number]
            with closing(page):
                yield _page(page, allowance)
        except library().PdfiumError:  # the other pages still say what they say
            yield _BROKEN


def _page(page: Any, allowance: Allowance) -> Seen:
    width, height = page.get_size()
    if max(width, height) > _MAX_SIDE:
        return Seen(unread="a page of the PDF is larger than pages are")
    text = page.get_textpage()
    with closing(text):
        words = text.get_text_bounded()
    words = "\n".join([words, *_notes(page)])
    drawn = pdfdrawn.drawn_on(page)
    if not drawn and words.strip():
        return Seen(words=words)
    if not drawn.regions and not drawn.lines:
        return Seen(words=words)
    allowance.show()
    codes = tuple(see_codes(pdfdrawn.rendered(page, drawn.whole, allowance.limits.pixels)))
    shown: list[str] = []
    for region in drawn.regions:
        allowance.show()
        shown += see_words(pdfdrawn.rendered(page, region, allowance.limits.pixels))
    return Seen(words=words, in_pictures=_not_in(shown, words), codes=codes)


def _notes(page: Any) -> Iterator[str]:
    """What annotations say, and what was filled into forms."""
    pdfium = library().raw
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MAX_NOTES)):
        note = pdfium.FPDFPage_GetAnnot(page, number)
        if not note:
            continue
        yield _note(note, b"Contents")
        yield _note(note, b"V")
        pdfium.FPDFPage_CloseAnnot(note)


def _note(note: Any, key: bytes) -> str:
    said = library().raw.FPDFAnnot_GetStringValue
    return pdfactions.wide(lambda buffer, size: int(said(note, key, buffer, size)))


def _not_in(recognised: list[str], words: str) -> str:
    """What was recognised and is not in the page's text: the text is drawn there too."""
    known = "".join(words.split()).lower()
    return "\n".join(line for line in recognised if "".join(line.split()).lower() not in known)
