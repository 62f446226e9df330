"""PDF -> its text, its links, the pictures on its pages. Runs in the child process only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from typing import Any, Final

from gatepost.vision.pictures import see_frame
from gatepost.vision.seen import Limits, Seen, joined

SCALE: Final = 1.5  # pixels for each point of a page that is looked at as a picture
_URI_ACTION: Final = 3  # PDFACTION_URI
_MAX_SIDE: Final = 14_400  # points; what PDF itself allows


def read(content: bytes, limits: Limits) -> Seen:
    """What a PDF says; `unread` for one that is encrypted, broken or too long."""
    pypdfium2 = _library()
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        why = "encrypted" if "password" in str(error).lower() else "broken"
        return Seen(unread=f"the PDF is {why}")
    with closing(document):
        seen = joined(_pages(document, limits))
        if len(document) > limits.pages:
            why = f"the PDF has more than {limits.pages} pages"
            seen = Seen(seen.words, seen.in_pictures, seen.links, seen.codes, seen.unread or why)
        return seen


def _library() -> Any:
    """pypdfium2, which has no types."""
    return import_module("pypdfium2")


def _pages(document: Any, limits: Limits) -> Iterator[Seen]:
    for number in range(min(len(document), limits.pages)):
        page = document[number]
        with closing(page):
            yield _page(document, page, limits)


def _page(document: Any, page: Any, limits: Limits) -> Seen:
    width, height = page.get_size()
    if max(width, height) > _MAX_SIDE:
        return Seen(unread="a page of the PDF is larger than pages are")
    text = page.get_textpage()
    with closing(text):
        words = text.get_text_bounded()
    links = tuple(_links(document, page))
    if not _has_pictures(page) and words.strip():
        return Seen(words=words, links=links)
    scale = min(SCALE, (limits.pixels / max(width * height, 1)) ** 0.5)
    shown = see_frame(page.render(scale=scale).to_pil().convert("RGB"))
    return Seen(words=words, in_pictures=_beside(shown.in_pictures, words), links=links, codes=shown.codes)


def _beside(recognised: str, words: str) -> str:
    """What the picture of a page says and its text doesn't: the text is drawn there too."""
    known = "".join(words.split()).lower()
    return "\n".join(line for line in recognised.splitlines() if "".join(line.split()).lower() not in known)


def _has_pictures(page: Any) -> bool:
    pdfium = _library().raw

    kinds = (
        pdfium.FPDF_PAGEOBJ_IMAGE,
        pdfium.FPDF_PAGEOBJ_SHADING,
        pdfium.FPDF_PAGEOBJ_FORM,
        pdfium.FPDF_PAGEOBJ_PATH,
    )
    return any(True for _ in page.get_objects(filter=kinds, max_depth=2))


def _links(document: Any, page: Any) -> Iterator[str]:
    """The addresses of link annotations."""
    import ctypes

    pdfium = _library().raw

    place = ctypes.c_int(0)
    link = pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page, place, link):
        action = pdfium.FPDFLink_GetAction(link)
        if not action or pdfium.FPDFAction_GetType(action) != _URI_ACTION:
            continue
        size = pdfium.FPDFAction_GetURIPath(document, action, None, 0)
        buffer = ctypes.create_string_buffer(min(size, 8_000))
        pdfium.FPDFAction_GetURIPath(document, action, buffer, len(buffer))
        yield buffer.value.decode("utf-8", "replace")
