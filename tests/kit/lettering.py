"""Words as logos and photos show them: drawn with fonts that come with the libraries, then treated."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

FONTS = ("aileron", "bold", "sans", "italic", "uni", "spaced")


@dataclass(frozen=True)
class Style:
    """How words are shown."""

    font: str = "aileron"
    size: int = 26
    ink: str = "black"
    ground: str = "white"
    treat: str = ""  # a key of TREATMENTS
    form: str = "PNG"
    quality: int = 75


def lettered(lines: Sequence[str], style: Style) -> Image.Image:
    """The words on a ground of their own size."""
    rows = [_row(line, style) for line in lines]
    width = max(row.width for row in rows) + 2 * style.size
    height = sum(row.height for row in rows) + style.size
    image = Image.new("RGB", (width, height), style.ground)
    at = style.size // 2
    for row in rows:
        image.paste(Image.new("RGB", row.size, style.ink), ((width - row.width) // 2, at), row)
        at += row.height
    return image


def shown(lines: Sequence[str], style: Style) -> bytes:
    """The words as a picture file."""
    image = lettered(lines, style)
    if style.treat:
        image = TREATMENTS[style.treat](image, style)
    return saved(image, style.form, style.quality)


def saved(image: Image.Image, form: str = "PNG", quality: int = 75) -> bytes:
    """The bytes of a picture."""
    out = io.BytesIO()
    image.save(out, form, **({"quality": quality} if form in ("JPEG", "WEBP") else {}))
    return out.getvalue()


def _row(line: str, style: Style) -> Image.Image:
    """One line as a mask."""
    if style.font in ("sans", "italic", "uni"):
        return _by_opencv(line, style)
    text = " ".join(line) if style.font == "spaced" else line
    stroke = max(style.size // 18, 1) if style.font == "bold" else 0
    font = ImageFont.load_default(style.size)
    left, _, right, _ = font.getbbox(text, stroke_width=stroke)
    mask = Image.new("L", (int(right - left) + 4, int(style.size * 1.5) + 2 * stroke))
    ImageDraw.Draw(mask).text((2 - left, stroke), text, fill=255, font=font, stroke_width=stroke)
    return mask


def _by_opencv(line: str, style: Style) -> Image.Image:
    import cv2

    canvas = numpy.zeros((style.size * 2, style.size * (len(line) + 4), 3), numpy.uint8)
    face = cv2.FontFace(style.font)
    cv2.putText(
        canvas, line, (style.size // 2, int(style.size * 1.4)), (255, 255, 255), face, style.size, 400
    )
    mask = Image.fromarray(canvas[:, :, 0])
    box = mask.getbbox() or (0, 0, 1, 1)
    return mask.crop((max(box[0] - 2, 0), 0, box[2] + 2, mask.height))


def noise(size: tuple[int, int], strength: float, seed: int = 7) -> Image.Image:
    """Grains of a camera's picture, the same each time."""
    grains = numpy.random.default_rng(seed).normal(128, strength, (size[1], size[0], 3))
    return Image.fromarray(grains.clip(0, 255).astype(numpy.uint8))


def photo(size: tuple[int, int], seed: int = 7) -> Image.Image:
    """What a camera sees: soft light, a few things, grain; no words."""
    random = numpy.random.default_rng(seed)
    down, across = numpy.mgrid[0 : size[1], 0 : size[0]].astype(float)
    canvas = numpy.zeros((size[1], size[0], 3))
    for _ in range(6):
        x, y, wide = (
            random.uniform(0, size[0]),
            random.uniform(0, size[1]),
            random.uniform(0.1, 0.5) * size[0],
        )
        spot = numpy.exp(-((across - x) ** 2 + (down - y) ** 2) / wide**2)
        canvas += spot[:, :, None] * random.uniform(20, 150, 3)
    image = Image.fromarray(canvas.clip(0, 255).astype(numpy.uint8))
    pencil = ImageDraw.Draw(image)
    for _ in range(3):
        x, y = int(random.uniform(0, size[0])), int(random.uniform(0, size[1]))
        wide, high = int(random.uniform(20, size[0] // 2)), int(random.uniform(20, size[1] // 2))
        shade = tuple(int(part) for part in random.uniform(20, 220, 3))
        pencil.ellipse((x, y, x + wide, y + high), fill=shade)
    return ImageChops.add(image.filter(ImageFilter.GaussianBlur(2)), noise(size, 8, seed), offset=-128)


def on_photo(image: Image.Image, style: Style) -> Image.Image:
    """The words alone, over a photo."""
    size = (max(image.width + 80, 320), max(image.height + 160, 240))
    back = photo(size, seed=len(style.ink) + style.size)
    flat = lettered_mask(image, style)
    back.paste(Image.new("RGB", image.size, style.ink), (40, size[1] // 2 - image.height // 2), flat)
    return back


def lettered_mask(image: Image.Image, style: Style) -> Image.Image:
    """Where the ink is."""
    difference = ImageChops.difference(image, Image.new("RGB", image.size, style.ground)).convert("L")
    strongest = max(difference.getextrema()[1], 1)
    return difference.point(lambda value: int(min(255, value * 255 / strongest)))


def _turned(degrees: float) -> Callable[[Image.Image, Style], Image.Image]:
    def turn(image: Image.Image, style: Style) -> Image.Image:
        return image.rotate(degrees, expand=True, fillcolor=style.ground, resample=Image.Resampling.BICUBIC)

    return turn


def _grainy(image: Image.Image, _: Style) -> Image.Image:
    return ImageChops.add(image, noise(image.size, 28), offset=-128)


def _faded(image: Image.Image, _: Style) -> Image.Image:
    """From light to dark across the picture."""
    shade = Image.linear_gradient("L").rotate(90).resize(image.size).point(lambda value: 255 - value // 3)
    return ImageChops.multiply(image, Image.merge("RGB", (shade,) * 3))


def _framed(image: Image.Image, style: Style) -> Image.Image:
    """A sign beside the words."""
    side = image.height
    whole = Image.new("RGB", (image.width + side, side), style.ground)
    whole.paste(image, (side, 0))
    ImageDraw.Draw(whole).ellipse((6, 6, side - 6, side - 6), outline=style.ink, width=max(side // 12, 2))
    return whole


def _clear(image: Image.Image, style: Style) -> Image.Image:
    """Ink on nothing."""
    clear = Image.new("RGBA", image.size, style.ink)
    clear.putalpha(lettered_mask(image, style))
    return clear


def _few_colours(image: Image.Image, _: Style) -> Image.Image:
    return image.convert("P", palette=Image.Palette.ADAPTIVE, colors=8)


def _in_large(image: Image.Image, style: Style) -> Image.Image:
    large = Image.new("RGB", (1_000, 700), style.ground)
    large.paste(image, (500, 560))
    return large


TREATMENTS: dict[str, Callable[[Image.Image, Style], Image.Image]] = {
    "tilted": _turned(8),
    "tilted back": _turned(-14),
    "upright": _turned(90),
    "downwards": _turned(-90),
    "upside down": _turned(180),
    "aslant": _turned(30),
    "grainy": _grainy,
    "soft": lambda image, _: image.filter(ImageFilter.GaussianBlur(1.2)),
    "faded": _faded,
    "with a sign": _framed,
    "on nothing": _clear,
    "few colours": _few_colours,
    "on a photo": on_photo,
    "in a large picture": _in_large,
}

PLAIN = Style()
STYLES: tuple[Style, ...] = (
    *(Style(font=font) for font in FONTS),
    *(Style(size=size) for size in (9, 11, 14, 18, 40, 64)),
    *(Style(font="sans", size=size) for size in (11, 16, 48)),
    *(Style(ink=ink, ground=ground) for ink, ground in (
        ("white", "black"), ("white", "navy"), ("gold", "darkgreen"), ("#888888", "white"),
        ("#bbbbbb", "#eeeeee"), ("crimson", "white"), ("orange", "white"), ("#333333", "#555555"),
        ("yellow", "white"),
    )),
    *(Style(treat=treat) for treat in TREATMENTS),
    *(Style(ink="white", ground="black", treat=treat)
      for treat in ("on nothing", "on a photo", "tilted", "grainy")),
    *(Style(form="JPEG", quality=quality) for quality in (10, 25, 60)),
    *(Style(form=form) for form in ("GIF", "WEBP", "BMP", "TIFF")),
)  # fmt: skip
"""Every way of showing words that is measured."""


def small(style: Style) -> Style:
    """The same in small letters."""
    return replace(style, size=max(style.size // 2, 9))
