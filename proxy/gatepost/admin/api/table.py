"""Every operation of the API with the permission that it asks for, and all that is said of it."""

from __future__ import annotations

from gatepost.admin.access import Permission as P
from gatepost.admin.api import (
    bench,
    bench_shapes,
    breaker,
    drafts,
    figures,
    messages,
    orders,
    people,
    reading,
    reading_shapes,
    senders,
    settings,
    shapes,
    tokens,
)
from gatepost.admin.api import staff_shapes as staff
from gatepost.admin.api.operation import Operation
from gatepost.admin.api.trade_table import TRADE_OPERATIONS

OPERATIONS = (
    Operation(
        "POST", "/check", drafts.check, P.CHECK, "Judge a mail without sending it", "drafts",
        body=shapes.Draft, other_body=drafts.MAIL, answer=shapes.Verdict, faults=(503,),
    ),
    Operation(
        "GET", "/held", messages.held, P.READ, "The queue, the most urgent first", "messages",
        query=shapes.QueueQuery, answer=shapes.HeldPage,
    ),
    Operation(
        "GET", "/queue", messages.queue, P.READ, "The queue at a glance", "messages",
        answer=shapes.QueueFigures,
    ),
    Operation(
        "GET", "/counts", messages.counts, P.READ, "How many messages wait, by state", "messages",
        answer=shapes.Counts,
    ),
    Operation(
        "GET", "/messages", messages.messages, P.READ, "Every message, the newest first", "messages",
        query=shapes.MessageQuery, answer=shapes.MessagePage,
    ),
    Operation(
        "GET", "/mine", messages.mine, P.MINE, "The own messages of the last 90 days", "messages",
        query=shapes.MessageQuery, answer=shapes.MessagePage,
    ),
    Operation(
        "GET", "/messages.csv", messages.as_file, P.READ, "Messages as CSV", "messages",
        query=shapes.ListQuery, other_answer="text/csv",
    ),
    Operation(
        "GET", "/messages/{id}", messages.message, P.READ, "One message", "messages",
        answer=shapes.Message,
    ),
    Operation(
        "GET", "/messages/{id}/source", messages.source, P.READ, "The mail itself", "messages",
        other_answer="message/rfc822",
    ),
    Operation(
        "GET", "/messages/{id}/words", reading.words, P.READ, "What a mail says and carries", "messages",
        answer=reading_shapes.MailRead,
    ),
    Operation(
        "GET", "/messages/{id}/files/{number}", reading.file, P.READ, "One file of a mail", "messages",
        other_answer="application/octet-stream",
    ),
    Operation(
        "GET", "/messages/{id}/history", reading.history, P.READ, "What people did about a mail", "messages",
        answer=reading_shapes.History,
    ),
    Operation(
        "POST", "/messages/{id}/release", messages.release, P.DECIDE, "Release a held mail", "messages",
        body=shapes.ReleaseBody, answer=shapes.Decided, faults=(202, 409, 503),
    ),
    Operation(
        "POST", "/messages/{id}/reject", messages.reject, P.DECIDE, "Reject a held mail", "messages",
        body=shapes.RejectBody, answer=shapes.Decided, faults=(202, 409, 503),
    ),
    Operation(
        "POST", "/messages/{id}/settle", messages.settle, P.DECIDE, "Settle a mail in doubt", "messages",
        body=shapes.SettleBody, answer=shapes.Settled, faults=(409,),
    ),
    Operation(
        "POST", "/messages/{id}/correct", bench.correct, P.DECIDE, "Send a held mail with a changed text",
        "messages", body=bench_shapes.CorrectBody, answer=shapes.Decided, faults=(202, 409, 503),
    ),
    Operation(
        "POST", "/messages/{id}/correct/preview", bench.preview, P.DECIDE,
        "What a held mail would be with a changed text", "messages",
        body=bench_shapes.Changes, answer=bench_shapes.Preview, faults=(409, 503),
    ),
    Operation(
        "GET", "/messages/{id}/corrections", bench.corrections, P.READ, "The changes of a mail", "messages",
        answer=bench_shapes.Corrections,
    ),
    Operation(
        "GET", "/messages/{id}/versions/{step}/{which}", bench.version, P.READ,
        "A changed mail as it came (original) or as it went (corrected)", "messages",
        other_answer="message/rfc822",
    ),
    Operation(
        "GET", "/messages/{id}/wrong", bench.wrong, P.READ, "The findings that were called wrong", "messages",
        answer=bench_shapes.WrongFindings,
    ),
    Operation(
        "POST", "/messages/{id}/wrong", bench.call_wrong, P.DECIDE, "Call a finding wrong", "messages",
        body=bench_shapes.WrongBody, answer=bench_shapes.WrongFindings, faults=(409,),
    ),
    Operation(
        "DELETE", "/messages/{id}/wrong/{rule}", bench.call_right, P.DECIDE,
        "Take back that a finding is wrong", "messages", status=204,
    ),
    Operation(
        "POST", "/messages/{id}/turn", bench.turn, P.DECIDE, "Take a mail over, or leave it to others",
        "messages", body=bench_shapes.TurnBody, status=204,
    ),
    Operation(
        "POST", "/messages/{id}/exceptions", bench.allow, P.DECIDE, "Make an exception from a finding",
        "exceptions", body=bench_shapes.ExceptionBody, answer=bench_shapes.Exception_, status=201,
        faults=(409,),
    ),
    Operation(
        "GET", "/exceptions", bench.exceptions, P.READ, "All exceptions", "exceptions",
        query=shapes.Paged, answer=bench_shapes.ExceptionPage,
    ),
    Operation(
        "DELETE", "/exceptions/{id}", bench.end_exception, P.DECIDE, "End an exception before its time",
        "exceptions", status=204,
    ),
    Operation(
        "GET", "/breaker", breaker.breaker, P.READ, "How the breaker stands", "breaker",
        answer=bench_shapes.Breaker,
    ),
    Operation(
        "POST", "/breaker/trip", breaker.trip, P.DECIDE, "Hold all mail that answers no buyer", "breaker",
        body=bench_shapes.BreakerBody, answer=bench_shapes.Breaker, faults=(409,),
    ),
    Operation(
        "POST", "/breaker/reset", breaker.reset, P.DECIDE, "Let mail out again", "breaker",
        body=bench_shapes.BreakerBody, answer=bench_shapes.Breaker, faults=(409,),
    ),
    Operation(
        "GET", "/figures", figures.figures, P.READ, "The overview of a span of days", "overview",
        query=bench_shapes.FiguresQuery, answer=bench_shapes.Figures,
    ),
    Operation(
        "GET", "/figures/{table}.csv", figures.as_file, P.READ, "A table of the overview as CSV", "overview",
        query=bench_shapes.FiguresQuery, other_answer="text/csv",
    ),
    Operation(
        "GET", "/captured", reading.captured_mails, P.READ, "What the capture relay kept", "captured",
        query=reading_shapes.CapturedQuery, answer=reading_shapes.CapturedPage,
    ),
    Operation(
        "GET", "/captured/{id}/words", reading.captured_words, P.READ, "What a captured mail says",
        "captured", answer=reading_shapes.MailRead,
    ),
    Operation(
        "GET", "/captured/{id}/source", reading.captured_source, P.READ, "A captured mail itself", "captured",
        other_answer="message/rfc822",
    ),
    Operation(
        "GET", "/orders", orders.orders, P.READ, "The ledger of review requests", "orders",
        query=shapes.OrdersQuery, answer=shapes.OrderPage,
    ),
    Operation(
        "GET", "/orders/{order}", orders.order, P.READ, "One order and the mails about it", "orders",
        answer=shapes.Order,
    ),
    Operation(
        "POST", "/orders/{order}/grant", orders.grant, P.GRANT, "Allow another review request", "orders",
        body=shapes.GrantBody, answer=shapes.OrderClaim, faults=(409,),
    ),
    Operation(
        "GET", "/audit", orders.audit, P.AUDIT, "The trail of who did what", "audit",
        query=shapes.AuditQuery, answer=shapes.DeedPage,
    ),
    Operation(
        "GET", "/audit/chain", orders.chain, P.AUDIT, "Check the hashes of the trail", "audit",
        answer=shapes.Chain,
    ),
    Operation("GET", "/me", people.me, P.OWN, "Who asks, and what they may do", "people", answer=staff.Me),
    Operation("GET", "/users", people.users, P.SEE, "All users", "people", answer=staff.Users),
    Operation(
        "POST", "/users", people.add, P.MANAGE, "Add a user", "people",
        body=staff.NewUser, answer=staff.User, status=201, faults=(409,),
    ),
    Operation("GET", "/users/{name}", people.user, P.SEE, "One user", "people", answer=staff.User),
    Operation(
        "PATCH", "/users/{name}", people.change, P.MANAGE, "Change a user", "people",
        body=staff.UserChange, answer=staff.User, faults=(409,),
    ),
    Operation(
        "POST", "/users/{name}/password", people.set_password, P.MANAGE, "Give a user a password", "people",
        body=staff.PasswordBody, status=204,
    ),
    Operation(
        "DELETE", "/users/{name}/second-factor", people.drop_second_factor, P.MANAGE,
        "Take a user's second factor away", "people", status=204,
    ),
    Operation(
        "GET", "/users/{name}/sessions", people.sessions_of, P.SEE, "Where a user is logged in", "people",
        answer=staff.Sessions,
    ),
    Operation(
        "DELETE", "/users/{name}/sessions", people.end_sessions_of, P.MANAGE, "End all logins of a user",
        "people", status=204,
    ),
    Operation(
        "GET", "/sessions", people.sessions, P.ACCOUNT, "The own logins", "people", answer=staff.Sessions,
    ),
    Operation(
        "DELETE", "/sessions/{id}", people.end_session, P.ACCOUNT, "End an own login", "people", status=204,
    ),
    Operation(
        "GET", "/tokens", tokens.tokens, P.ACCOUNT, "Tokens of programs", "tokens",
        query=staff.TokenQuery, answer=staff.TokenPage,
    ),
    Operation(
        "POST", "/tokens", tokens.make, P.ACCOUNT, "Make a token", "tokens",
        body=staff.NewToken, answer=staff.MadeToken, status=201,
    ),
    Operation(
        "DELETE", "/tokens/{id}", tokens.revoke, P.ACCOUNT, "End a token", "tokens", status=204,
    ),
    Operation(
        "GET", "/settings", settings.settings, P.SEE, "What may be set on the site", "settings",
        answer=staff.Settings,
    ),
    Operation(
        "PUT", "/settings/{key}", settings.put, P.MANAGE, "Set a key", "settings",
        body=staff.SettingBody, answer=staff.Setting,
    ),
    Operation(
        "DELETE", "/settings/{key}", settings.drop, P.MANAGE, "Go back to the file's value", "settings",
        status=204, faults=(409,),
    ),
    Operation(
        "GET", "/senders", senders.senders, P.SEE, "Who sends through the gateway", "settings",
        query=staff.SendersQuery, answer=staff.Senders,
    ),
    Operation("GET", "/rules", settings.rules, P.SEE, "The rules in force", "settings", answer=staff.Rules),
    *TRADE_OPERATIONS,
)  # fmt: skip
