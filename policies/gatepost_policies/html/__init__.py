"""Reads an HTML part as a reader sees it: visible text, links, pictures, hidden words, quotations."""

from gatepost_policies.html.guard import MAX_HTML
from gatepost_policies.html.page import Anchor, Page, Picture, Quote
from gatepost_policies.html.visible import read_html

__all__ = ["MAX_HTML", "Anchor", "Page", "Picture", "Quote", "read_html"]
