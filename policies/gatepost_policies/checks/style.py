"""The form of a mail: emojis, animated and tracking pictures, empty lines (2020-D6, 2020-E2 to E10)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.checks.sites import parts_of
from gatepost_policies.model import Image, Source, Span

_EMOJI = re.compile(
    "[\u2600-\u26ff\u2705\u270a-\u270d\u2728\u274c\u274e\u2753-\u2757\u2763-\u2764\u2795-\u2797\u27b0\u2b50\u2b55"
    "\U0001f000-\U0001f0ff\U0001f18e\U0001f191-\U0001f19a\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]"
    "[\ufe0f\u200d\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]*"
)
_READ = frozenset({Source.SUBJECT, Source.PLAIN, Source.HTML})
_GIF = re.compile(r"\.gif(?:$|[?#])", re.IGNORECASE)
_PIXEL = 2  # pictures of at most so many pixels a side are there to be loaded, not seen
_EMPTY_LINES = re.compile(r"\n[ \t\u00a0]*\n[ \t\u00a0]*\n(?:[ \t\u00a0]*\n)*")


def find_emojis(case: Case, params: Params) -> Iterator[Evidence]:
    """The first emoji of each passage."""
    for index, passage in enumerate(case.mail.passages):
        if passage.source not in _READ or passage.text.isascii():
            continue
        for match in _EMOJI.finditer(passage.text):
            span = Span(index, match.start(), match.end())
            if case.is_own(span):
                yield case.at(span)
                break


def find_gifs(case: Case, params: Params) -> Iterator[Evidence]:
    """Pictures in the GIF format, loaded or attached."""
    for image in case.mail.images:
        if _GIF.search(parts_of(image.src).rest) and not _is_pixel(image):
            yield Evidence(text=image.src, label=image.label)
    for attachment in case.mail.attachments:
        if "image/gif" in (attachment.detected_type, attachment.content_type.lower()):
            yield Evidence(text=attachment.name, label="attachment")


def find_pixels(case: Case, params: Params) -> Iterator[Evidence]:
    """Pictures too small to be seen, loaded from elsewhere: they tell the sender that the mail was opened."""
    for image in case.mail.images:
        if _is_pixel(image) and image.src.lower().startswith(("http:", "https:", "//")):
            yield Evidence(text=image.src, label=image.label)


def find_insecure_pictures(case: Case, params: Params) -> Iterator[Evidence]:
    """Pictures loaded over plain http."""
    for image in case.mail.images:
        if image.src.lower().startswith("http:"):
            yield Evidence(text=image.src, label=image.label)


def find_empty_lines(case: Case, params: Params) -> Iterator[Evidence]:
    """More than two line breaks in a row in the plain text, once."""
    for index, passage in enumerate(case.mail.passages):
        match = _EMPTY_LINES.search(passage.text.rstrip()) if passage.source is Source.PLAIN else None
        if match and case.is_own(Span(index, match.start(), match.end())):
            yield Evidence(label=passage.label, note="more than two line breaks in a row")


def _is_pixel(image: Image) -> bool:
    sides = [side for side in (image.width, image.height) if side is not None]
    return bool(sides) and max(sides) <= _PIXEL
