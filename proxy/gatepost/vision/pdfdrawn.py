"""What is drawn on a PDF's page beside its text, and where: so much is looked at as a picture, and no more.

A table's lines cost nothing; a logo on an invoice costs as much as the logo alone.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, NamedTuple

from gatepost.vision.pictures import LONGEST_SIDE

CODE_SCALE: Final = 2.0  # pixels a point, for codes
FINEST_SCALE: Final = 3.0  # pixels a point: small print in a logo
MAX_OBJECTS: Final = 20_000  # of a page; beyond, the whole page is looked at
MAX_REGIONS: Final = 8  # of a page; beyond, what they cover together
_CLOSE: Final = 12.0  # points between what is looked at together
_FEW_CORNERS: Final = 10  # segments of a rounded box
_LEAST: Final = 4.0  # points; smaller marks are no words
_LINE, _CURVE = 0, 1  # FPDF_SEGMENT_LINETO, FPDF_SEGMENT_BEZIERTO


class Box(NamedTuple):
    """Left, bottom, right, top in points."""

    left: float
    bottom: float
    right: float
    top: float

    def is_near(self, other: Box) -> bool:
        """Whether both are looked at together."""
        return (
            self.left - _CLOSE <= other.right
            and other.left - _CLOSE <= self.right
            and self.bottom - _CLOSE <= other.top
            and other.bottom - _CLOSE <= self.top
        )

    def with_other(self, other: Box) -> Box:
        """What covers both."""
        return Box(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn on one page."""

    whole: Box
    regions: tuple[Box, ...]  # to be read
    lines: int  # boxes and lines: they can make up a code, not a word

    def __bool__(self) -> bool:
        return bool(self.regions or self.lines)


def drawn_on(page: Any) -> Drawn:
    """What is drawn on `page`; a page without any text in it is looked at whole."""
    pdfium = import_module("pypdfium2").raw
    whole = Box(*page.get_bbox())
    kinds = (
        pdfium.FPDF_PAGEOBJ_IMAGE,
        pdfium.FPDF_PAGEOBJ_SHADING,
        pdfium.FPDF_PAGEOBJ_FORM,
        pdfium.FPDF_PAGEOBJ_PATH,
    )
    found: list[Box] = []
    lines = 0
    for number, thing in enumerate(page.get_objects(filter=kinds, max_depth=1)):
        if number >= MAX_OBJECTS:
            return Drawn(whole, (whole,), lines)
        if thing.type == pdfium.FPDF_PAGEOBJ_PATH and not _is_like_letters(thing.raw, pdfium):
            lines += 1
        elif thing.type != pdfium.FPDF_PAGEOBJ_FORM or _shows_more_than_text(thing.raw, pdfium, 0):
            found.append(_within(Box(*thing.get_bounds()), whole))
    return Drawn(whole, tuple(_joined(found, whole)), lines)


def _is_like_letters(path: Any, pdfium: Any) -> bool:
    """Whether a path may be a letter or a row of them: curves, slants, many corners."""
    count = pdfium.FPDFPath_CountSegments(path)
    if count <= _FEW_CORNERS:
        return False
    before = (0.0, 0.0)
    for number in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, number)
        kind, at = pdfium.FPDFPathSegment_GetType(segment), _point(segment, pdfium)
        if kind == _CURVE or (
            kind == _LINE and abs(at[0] - before[0]) > 0.1 and abs(at[1] - before[1]) > 0.1
        ):
            return True
        before = at
    return False


def _point(segment: Any, pdfium: Any) -> tuple[float, float]:
    across, up = ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPathSegment_GetPoint(segment, across, up)
    return across.value, up.value


def _shows_more_than_text(form: Any, pdfium: Any, depth: int) -> bool:
    """Whether a group of objects holds pictures, shadings or paths like letters."""
    if depth > 5:
        return True
    for number in range(min(pdfium.FPDFFormObj_CountObjects(form), MAX_OBJECTS)):
        inner = pdfium.FPDFFormObj_GetObject(form, number)
        kind = pdfium.FPDFPageObj_GetType(inner)
        if kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
            return True
        if kind == pdfium.FPDF_PAGEOBJ_PATH and _is_like_letters(inner, pdfium):
            return True
        if kind == pdfium.FPDF_PAGEOBJ_FORM and _shows_more_than_text(inner, pdfium, depth + 1):
            return True
    return False


def _within(box: Box, whole: Box) -> Box:
    return Box(
        max(box.left, whole.left),
        max(box.bottom, whole.bottom),
        min(box.right, whole.right),
        min(box.top, whole.top),
    )


def _joined(boxes: Iterable[Box], whole: Box) -> list[Box]:
    """The boxes, those close to each other as one: letters of a word, words of a line."""
    apart: list[Box] = []
    for box in sorted(boxes):
        if box.right <= box.left or box.top <= box.bottom:
            continue
        grown = box
        while near := next((each for each in apart if each.is_near(grown)), None):
            apart.remove(near)
            grown = grown.with_other(near)
        apart.append(grown)
        if len(apart) > 10 * MAX_REGIONS:
            return [whole]
    apart = [box for box in apart if min(box.right - box.left, box.top - box.bottom) >= _LEAST]
    if len(apart) <= MAX_REGIONS:
        return apart
    together = apart[0]
    for box in apart[1:]:
        together = together.with_other(box)
    return [together]


def rendered(page: Any, box: Box, pixels: int) -> Any:
    """A part of the page as an RGB picture, as fine as is read and no finer."""
    whole = Box(*page.get_bbox())
    width, height = box.right - box.left, box.top - box.bottom
    finest = CODE_SCALE if box == whole else FINEST_SCALE
    scale = min(finest, LONGEST_SIDE / max(width, height, 1), (pixels / max(width * height, 1)) ** 0.5)
    crop = (
        max(box.left - whole.left, 0),
        max(box.bottom - whole.bottom, 0),
        max(whole.right - box.right, 0),
        max(whole.top - box.top, 0),
    )
    return page.render(scale=scale, crop=crop).to_pil().convert("RGB")
