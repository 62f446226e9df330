"""Splits the bytes of a mail into headers and leaf parts. Broken MIME gives defects, never an error."""

from gatepost_policies.mime.charsets import declared_in_html, decode_text
from gatepost_policies.mime.headers import HeaderBlock, read_headers
from gatepost_policies.mime.parts import Leaf, Message, split
from gatepost_policies.mime.pixels import is_spacer, is_too_small_for_words, size_of
from gatepost_policies.mime.sniff import sniff
from gatepost_policies.mime.tnef import Wrapped, unwrap

__all__ = [
    "HeaderBlock",
    "Leaf",
    "Message",
    "Wrapped",
    "declared_in_html",
    "decode_text",
    "is_spacer",
    "is_too_small_for_words",
    "read_headers",
    "size_of",
    "sniff",
    "split",
    "unwrap",
]
