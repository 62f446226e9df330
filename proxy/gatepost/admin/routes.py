"""Every route of the site with the permission that it asks for. There is no other way in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

from gatepost.admin.access import Permission
from gatepost.admin.pages import (
    account,
    api,
    audit,
    check,
    correct,
    decisions,
    files,
    health,
    ledger,
    link,
    mail,
    queue,
    review,
    sent,
    start,
)
from gatepost.admin.visit import Visit

_P = Permission


@dataclass(frozen=True, slots=True)
class Page:
    """One route."""

    method: str
    path: str
    show: Callable[[Visit], Awaitable[Response]]
    permission: Permission


ROUTES = (
    Page("GET", "/static/{name}", files.static, _P.PUBLIC),
    Page("GET", "/healthz", health.alive, _P.PUBLIC),
    Page("GET", "/readyz", health.ready, _P.PUBLIC),
    Page("GET", "/metrics", health.metrics, _P.LOCAL),
    Page("GET", "/login", account.login_form, _P.PUBLIC),
    Page("POST", "/login", account.log_in, _P.PUBLIC),
    Page("POST", "/logout", account.log_out, _P.OWN),
    Page("GET", "/account/password", account.password_form, _P.OWN),
    Page("POST", "/account/password", account.change_password, _P.OWN),
    Page("GET", "/link/{token}", link.show, _P.PUBLIC),
    Page("POST", "/link/{token}", link.decide, _P.PUBLIC),
    Page("GET", "/", start.start, _P.OWN),
    Page("GET", "/check", check.form, _P.CHECK),
    Page("POST", "/check", check.check, _P.CHECK),
    Page("GET", "/queue", queue.queue, _P.READ),
    Page("GET", "/queue/live", queue.live, _P.READ),
    Page("POST", "/queue", queue.decide, _P.DECIDE),
    Page("GET", "/mail/{id}", mail.mail, _P.READ),
    Page("GET", "/mail/{id}/html/{part:int}", mail.layout, _P.READ),
    Page("GET", "/mail/{id}/file/{number:int}", mail.file, _P.READ),
    Page("GET", "/mail/{id}/download", mail.source, _P.READ),
    Page("POST", "/mail/{id}/release", queue.release, _P.DECIDE),
    Page("POST", "/mail/{id}/reject", queue.reject, _P.DECIDE),
    Page("POST", "/mail/{id}/settle", mail.settle, _P.DECIDE),
    Page("GET", "/mail/{id}/correct", correct.form, _P.DECIDE),
    Page("POST", "/mail/{id}/correct", correct.correct, _P.DECIDE),
    Page("GET", "/mail/{id}/versions/{step:int}/{which}", correct.version, _P.READ),
    Page("GET", "/mail/{id}/status", review.status, _P.READ),
    Page("POST", "/mail/{id}/turn", review.turn, _P.DECIDE),
    Page("POST", "/mail/{id}/wrong", review.call_wrong, _P.DECIDE),
    Page("POST", "/mail/{id}/allow", review.allow, _P.DECIDE),
    Page("GET", "/exceptions", review.exceptions, _P.READ),
    Page("POST", "/exceptions/{id}/end", review.end, _P.DECIDE),
    Page("GET", "/decisions", decisions.decisions, _P.READ),
    Page("GET", "/outgoing", decisions.outgoing, _P.READ),
    Page("GET", "/ledger", ledger.ledger, _P.READ),
    Page("GET", "/ledger/{order}", ledger.order, _P.READ),
    Page("POST", "/ledger/{order}/grant", ledger.grant, _P.GRANT),
    Page("GET", "/audit", audit.audit, _P.AUDIT),
    Page("GET", "/api/v1/held", api.held, _P.READ),
    Page("POST", "/api/v1/check", api.check, _P.CHECK),
)
"""The routes that are always there."""

CAPTURE_ROUTES = (
    Page("GET", "/sent", sent.sent, _P.READ),
    Page("GET", "/sent/{id}", sent.captured, _P.READ),
    Page("GET", "/sent/{id}/html/{part:int}", sent.layout, _P.READ),
    Page("GET", "/sent/{id}/file/{number:int}", sent.file, _P.READ),
    Page("GET", "/sent/{id}/download", sent.source, _P.READ),
)
"""The routes of a gateway without a relay, which keeps what would go out."""

BEFORE_CHANGE = frozenset({"/logout", "/account/password"})
"""All that is open to someone whose password was made for them."""
