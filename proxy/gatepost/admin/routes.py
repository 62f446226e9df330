"""Every route of the site with the permission that it asks for. There is no other way in."""

from __future__ import annotations

from gatepost.admin.access import Permission
from gatepost.admin.api.document import api_pages
from gatepost.admin.page import Page as Page
from gatepost.admin.pages import (
    account,
    audit,
    breaker,
    buyers,
    check,
    compose,
    correct,
    decisions,
    factor,
    files,
    health,
    keys,
    ledger,
    link,
    mail,
    mine,
    orders,
    overview,
    people,
    queue,
    review,
    senders,
    sent,
    settings,
    signon,
    start,
)

_P = Permission

ROUTES = (
    Page("GET", "/static/{name}", files.static, _P.PUBLIC),
    Page("GET", "/healthz", health.alive, _P.PUBLIC),
    Page("GET", "/readyz", health.ready, _P.PUBLIC),
    Page("GET", "/metrics", health.metrics, _P.LOCAL),
    Page("GET", "/login", account.login_form, _P.PUBLIC),
    Page("POST", "/login", account.log_in, _P.PUBLIC),
    Page("GET", "/login/code", account.code_form, _P.OWN),
    Page("POST", "/login/code", account.prove, _P.OWN),
    Page("GET", "/login/oidc", signon.out, _P.PUBLIC),
    Page("GET", "/login/oidc/back", signon.back, _P.PUBLIC),
    Page("POST", "/logout", account.log_out, _P.OWN),
    Page("GET", "/account", account.account, _P.OWN),
    Page("GET", "/account/second-factor", factor.form, _P.ACCOUNT),
    Page("POST", "/account/second-factor", factor.change, _P.ACCOUNT),
    Page("POST", "/account/sessions", account.end_session, _P.ACCOUNT),
    Page("POST", "/account/tokens", keys.own, _P.ACCOUNT),
    Page("GET", "/people", people.people, _P.SEE),
    Page("POST", "/people", people.add, _P.MANAGE),
    Page("GET", "/people/{name}", people.person, _P.SEE),
    Page("POST", "/people/{name}", people.change, _P.MANAGE),
    Page("GET", "/tokens", keys.tokens, _P.SEE),
    Page("POST", "/tokens", keys.revoke, _P.MANAGE),
    Page("GET", "/mine", mine.mine, _P.MINE),
    Page("GET", "/settings", settings.settings, _P.SEE),
    Page("POST", "/settings", settings.change, _P.MANAGE),
    Page("GET", "/settings/senders", senders.senders, _P.SEE),
    Page("POST", "/settings/senders", senders.change, _P.MANAGE),
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
    Page("GET", "/mail/{id}/versions/{step:int}", correct.versions, _P.READ),
    Page("GET", "/mail/{id}/versions/{step:int}/{which}", correct.version, _P.READ),
    Page("GET", "/mail/{id}/status", review.status, _P.READ),
    Page("POST", "/mail/{id}/turn", review.turn, _P.DECIDE),
    Page("POST", "/mail/{id}/wrong", review.call_wrong, _P.DECIDE),
    Page("POST", "/mail/{id}/allow", review.allow, _P.DECIDE),
    Page("GET", "/exceptions", review.exceptions, _P.READ),
    Page("POST", "/exceptions/{id}/end", review.end, _P.DECIDE),
    Page("GET", "/decisions", decisions.decisions, _P.READ),
    Page("GET", "/outgoing", decisions.outgoing, _P.READ),
    Page("GET", "/breaker", breaker.breaker, _P.READ),
    Page("POST", "/breaker", breaker.change, _P.DECIDE),
    Page("GET", "/decisions.csv", decisions.as_file, _P.READ),
    Page("GET", "/overview", overview.overview, _P.READ),
    Page("GET", "/overview/{table}.csv", overview.as_file, _P.READ),
    Page("GET", "/ledger", ledger.ledger, _P.READ),
    Page("GET", "/ledger/{order}", ledger.order, _P.READ),
    Page("POST", "/ledger/{order}/grant", ledger.grant, _P.GRANT),
    Page("GET", "/orders", orders.orders, _P.READ),
    Page("POST", "/orders", orders.upload, _P.RECORD),
    Page("GET", "/orders/feed", orders.feed, _P.READ),
    Page("POST", "/orders/feed", orders.write_feed, _P.RECORD),
    Page("GET", "/orders/check", orders.unequal, _P.READ),
    Page("GET", "/orders/{order}", orders.order, _P.READ),
    Page("POST", "/orders/{order}/shipment", orders.shipment, _P.RECORD),
    Page("POST", "/orders/{order}/adjustment", orders.adjustment, _P.RECORD),
    Page("GET", "/buyers", buyers.buyer, _P.READ),
    Page("GET", "/stops", buyers.stops, _P.READ),
    Page("POST", "/stops", buyers.change_stops, _P.RECORD),
    Page("GET", "/compose", compose.form, _P.RECORD),
    Page("POST", "/compose", compose.send, _P.RECORD),
    Page("GET", "/letters/{language}", compose.words, _P.READ),
    Page("POST", "/letters/{language}", compose.keep_words, _P.MANAGE),
    Page("GET", "/audit", audit.audit, _P.AUDIT),
    *api_pages(),
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

BEFORE_CODE = frozenset({"/logout", "/login/code"})
"""All that is open while the second factor is yet to come."""

BEFORE_ENROLMENT = frozenset({"/logout", "/account/password", "/account/second-factor"})
"""All that is open to someone who must have a second factor and has none."""
