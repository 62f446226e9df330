"""Splits the bytes of a mail into headers and leaf parts. Broken MIME gives defects, never an error."""

from gatepost_policies.mime.charsets import declared_in_html, decode_text
from gatepost_policies.mime.headers import HeaderBlock, read_headers
from gatepost_policies.mime.parts import Leaf, Message, split
from gatepost_policies.mime.sniff import sniff

__all__ = [
    "HeaderBlock",
    "Leaf",
    "Message",
    "declared_in_html",
    "decode_text",
    "read_headers",
    "sniff",
    "split",
]
