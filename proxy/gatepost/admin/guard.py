"""What every request passes first: its host and where it was sent from; and the headers of every answer.

A change is accepted only from the site's own pages: by `Sec-Fetch-Site`, or by `Origin` where a browser
does not send that. The session's cookie is SameSite=Strict besides.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gatepost.admin import problems
from gatepost.config.schema import Site, is_loopback

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""The policy of a document made of somebody's mail. `sandbox` holds when it is opened by itself, too."""

_ALWAYS = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # not no-referrer: browsers then send `Origin: null` with forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """The outermost layer of the site."""

    def __init__(self, app: ASGIApp, *, site: Site) -> None:
        self._app, self._site = app, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what must not come in, and put the headers on what goes out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        refusal = self._refusal(scope["method"], scope["path"], headers)
        app = self._app if refusal is None else refusal
        await app(scope, receive, send_with_headers)

    def _refusal(self, method: str, path: str, headers: Headers) -> ASGIApp | None:
        if not is_our_host(headers.get("host", ""), self._site):
            return _refused(path, 421, "This is not the name of this site.")
        by_program = problems.is_call(path) and is_bearer(headers)  # no page can make a browser say so
        if method not in _SAFE and not by_program and not is_own_request(headers, self._site):
            return _refused(path, 403, "This request did not come from a page of this site.")
        return None


def _refused(path: str, status: int, words: str) -> ASGIApp:
    if problems.is_call(path):
        return problems.problem(status, words)
    return PlainTextResponse(f"{words}\n", status)


def is_bearer(headers: Headers) -> bool:
    """Whether a request brings a bearer token (RFC 6750)."""
    return headers.get("authorization", "").lower().startswith("bearer ")


def is_our_host(host: str, site: Site) -> bool:
    """Whether the site may be asked for as `host` (with or without a port).

    Names of this machine always pass. On a loopback address nothing else does: a foreign name that
    resolves to it is an attack (DNS rebinding).
    """
    name = _hostname(host)
    if not name:
        return False
    if is_loopback(name):
        return True
    if site.public_url and name == _hostname(urlsplit(site.public_url).netloc):
        return True
    if is_loopback(_hostname(site.address)):
        return False
    return not site.public_url or _is_address(name)


def is_own_request(headers: Headers, site: Site) -> bool:
    """Whether a changing request comes from one of the site's own pages."""
    sent_from = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if sent_from is not None and sent_from != "same-origin":
        return False
    if origin is None:
        return sent_from is not None
    return _netloc(origin) in _own_netlocs(headers.get("host", ""), site)


def _own_netlocs(host: str, site: Site) -> Iterable[str]:
    return {host.lower(), _netloc(site.public_url)} - {""}


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _hostname(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_local(request: Request) -> bool:
    """Whether a program on this machine asks, and no proxy for someone else."""
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via"))
    peer = request.client.host if request.client else ""
    return is_loopback(peer) and is_loopback(_hostname(request.headers.get("host", ""))) and not forwarded
