"""Pictures -> the words and codes in them. Runs in the child process only."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from gatepost.vision.seen import Limits, Seen, joined, unread
from gatepost_policies.mime import is_too_small_for_words

FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
LONGEST_SIDE: Final = 1_280  # pixels; larger pictures are made smaller before words are sought in them
_CLEAR: Final = 128  # of 255: less is seen through
_LIGHT: Final = 140  # of 255: lighter ink is meant for a dark ground
_SURE: Final = 0.5  # of the recogniser's own scale


def look(content: bytes, limits: Limits) -> Seen:
    """What a picture says; `unread` for one that is broken, too large or has too many frames."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                return _look(image, limits)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return Seen(unread="the picture has more pixels than are read")
    except Exception as error:  # decoders raise whatever they like on broken files
        return Seen(unread=f"the picture can't be read ({type(error).__name__})")


def _look(image: Any, limits: Limits) -> Seen:
    width, height = image.size
    if width * height > limits.pixels:
        return Seen(unread="the picture has more pixels than are read")
    if is_too_small_for_words(width, height):
        return Seen()
    count = getattr(image, "n_frames", 1)
    seen = joined(_frames(image, count, limits))
    if count > limits.frames:
        seen = unread(seen, "the picture has more frames than are read")
    return seen


def _frames(image: Any, count: int, limits: Limits) -> Iterator[Seen]:
    """What each frame that differs from the one before says."""
    last = b""
    for number in range(min(count, limits.frames)):
        image.seek(number)
        for frame in on_grounds(image):
            pixels = frame.tobytes()
            if pixels != last:
                yield see_frame(frame)
            last = pixels


def on_grounds(image: Any) -> Iterator[Any]:
    """The picture as programs show it: upright, on white, and where it is clear and light also on black."""
    from PIL import Image, ImageOps, ImageStat

    image = ImageOps.exif_transpose(image)
    if image.mode not in ("RGBA", "LA", "PA") and "transparency" not in image.info:
        yield image.convert("RGB")
        return
    shown = image.convert("RGBA")
    opaque = shown.getchannel("A")
    grounds = ["white"]
    if opaque.getextrema()[0] < _CLEAR:
        seen = opaque.point(lambda value: 255 if value >= _CLEAR else 0)
        if any(seen.getextrema()) and ImageStat.Stat(shown.convert("L"), seen).mean[0] > _LIGHT:
            grounds.append("black")
    for colour in grounds:
        ground = Image.new("RGBA", shown.size, colour)
        ground.alpha_composite(shown)
        yield ground.convert("RGB")


def see_frame(frame: Any) -> Seen:
    """The codes and the words in one RGB picture."""
    return Seen(in_pictures="\n".join(see_words(frame)), codes=tuple(see_codes(frame)))


def see_codes(frame: Any) -> Iterator[str]:
    """What the QR and bar codes in an RGB picture hold."""
    import zxingcpp

    for code in zxingcpp.read_barcodes(frame):
        if code.text:
            yield code.text[:4_000]


def see_words(frame: Any) -> Iterator[str]:
    """The words in an RGB picture, a line each."""
    import numpy

    if max(frame.size) > LONGEST_SIDE:
        frame = frame.copy()
        frame.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    pixels = numpy.asarray(frame)
    if int(pixels.max()) - int(pixels.min()) < 16:  # one colour: nothing to read
        return
    found = _recogniser()(pixels[:, :, ::-1])
    for text, score in zip(found.txts or (), found.scores or (), strict=False):
        if score >= _SURE and text.strip():
            yield text.strip()


def warm() -> None:
    """Load what takes seconds to load, before the first picture waits for it."""
    _recogniser()


@lru_cache(maxsize=1)
def _recogniser() -> Any:
    """The recogniser, loaded on first use: that takes seconds. One thread works."""
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Det.thresh": 0.2,  # small print on a large picture is faint to it
            "Det.box_thresh": 0.3,
            "Rec.rec_batch_num": 1,  # lines of different lengths together cost a quarter more
            "Det.limit_type": "max",  # small pictures are not blown up
            "Det.limit_side_len": LONGEST_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
