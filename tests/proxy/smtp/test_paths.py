"""MAIL and RCPT, letter for letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model import Recipient
from gatepost.smtp import replies
from gatepost.smtp.paths import Sender, parse_mail, parse_rcpt, same_mailbox
from gatepost.smtp.replies import Refusal, Reply


def refusal(argument: str, *, extended: bool = True) -> Reply | None:
    """What is said to MAIL with this argument."""
    try:
        parse_mail(argument, extended=extended)
    except Refusal as refused:
        return refused.reply
    return None


def rcpt_refusal(argument: str, *, smtputf8: bool = False) -> Reply | None:
    """What is said to RCPT with this argument."""
    try:
        parse_rcpt(argument, smtputf8=smtputf8)
    except Refusal as refused:
        return refused.reply
    return None


GOOD = [
    "a@example.com",
    "First.Last+Tag@Sub.Example.COM",
    "o'neil=x{}@example.com",
    '"with space"@example.com',
    '"a\\"b@c"@example.com',
    "a@[192.0.2.1]",
    "a@[IPv6:2001:db8::1]",
    "a%b@example.com",
    "a!b@example.com",
    "a@host_with_underscore.example",
    "a@localhost",
    "a@" + "x" * 63 + ".example",
]


@pytest.mark.parametrize("address", GOOD)
def test_an_address_is_kept_letter_for_letter(address: str) -> None:
    assert parse_mail(f"FROM:<{address}>").address == address
    assert parse_rcpt(f"TO:<{address}>", smtputf8=False) == Recipient(address)


def test_the_null_sender_is_the_empty_string() -> None:
    assert parse_mail("FROM:<>") == Sender("")


@pytest.mark.parametrize("argument", ["from:<a@b.example>", "FROM: <a@b.example>", "FROM:<a@b.example> "])
def test_common_spellings_of_the_command_are_taken(argument: str) -> None:
    assert parse_mail(argument).address == "a@b.example"


BAD = {
    "nothing": "",
    "no keyword": "<a@b.example>",
    "other keyword": "TO:<a@b.example>",
    "space before the colon": "FROM :<a@b.example>",
    "no brackets": "FROM:a@b.example",
    "not opened": "FROM:a@b.example>",
    "not closed": "FROM:<a@b.example",
    "lone bracket": "FROM:<",
    "text behind": "FROM:<a@b.example>x",
    "text between": "FROM:<a@b.example>SIZE=1",
    "two paths": "FROM:<a@b.example><c@d.example>",
    "two at signs": "FROM:<a@b@c.example>",
    "display name": "FROM:Shop <a@b.example>",
    "comment": "FROM:<a(c)@b.example>",
    "space inside": "FROM:<a b@c.example>",
    "no local part": "FROM:<@b.example>",
    "source route": "FROM:<@x.example:a@b.example>",
    "source routes": "FROM:<@x.example,@y.example:a@b.example>",
    "no domain": "FROM:<a>",
    "empty domain": "FROM:<a@>",
    "only brackets inside": "FROM:<<>>",
    "backslash": "FROM:<\\>",
    "empty quotes": 'FROM:<"">',
    "empty quotes at": 'FROM:<""@b.example>',
    "open quotes": 'FROM:<"a@b.example>',
    "quoted line end": 'FROM:<"a\\\n"@b.example>',
    "dot first": "FROM:<.a@b.example>",
    "dot last": "FROM:<a.@b.example>",
    "two dots": "FROM:<a..b@c.example>",
    "trailing dot": "FROM:<a@b.example.>",
    "leading hyphen": "FROM:<a@-b.example>",
    "trailing hyphen": "FROM:<a@b-.example>",
    "label too long": "FROM:<a@" + "x" * 64 + ".example>",
    "bad literal": "FROM:<a@[300.0.2.1]>",
    "bad ipv6 literal": "FROM:<a@[IPv6:192.0.2.1]>",
    "bare ipv6 literal": "FROM:<a@[2001:db8::1]>",
    "open literal": "FROM:<a@[192.0.2.1>",
    "list": "FROM:<a@b.example,c@d.example>",
    "tab": "FROM:<a@b.example>\tSIZE=1",
    "control character": "FROM:<a\x01b@c.example>",
    "carriage return": "FROM:<a\rb@c.example>",
    "line feed": "FROM:<a\nb@c.example>",
    "nul": "FROM:<a\0b@c.example>",
    "next line": "FROM:<a\x85b@c.example> SMTPUTF8",
    "line separator": "FROM:<a\u2028b@c.example> SMTPUTF8",
}


@pytest.mark.parametrize("argument", BAD.values(), ids=BAD)
def test_what_is_no_path_is_refused_for_good(argument: str) -> None:
    reply = refusal(argument)
    assert reply is not None
    assert 500 <= reply.code < 600


@pytest.mark.parametrize("argument", ["TO:<>", "TO:<postmaster>", 'TO:<"">', "TO:<@x.example:a@b.example>"])
def test_a_recipient_needs_a_mailbox_with_its_domain(argument: str) -> None:
    reply = rcpt_refusal(argument)
    assert reply is not None
    assert 500 <= reply.code < 600


def test_an_address_of_254_octets_is_taken_and_of_255_is_not() -> None:
    domain = ".".join(["x" * 60] * 3) + ".example"
    longest = "l" * (254 - 1 - len(domain)) + "@" + domain
    assert refusal(f"FROM:<{longest}>") is None
    assert refusal(f"FROM:<l{longest}>") is replies.ADDRESS_TOO_LONG


def test_beyond_ascii_needs_smtputf8() -> None:
    assert refusal("FROM:<é@example.com>") is replies.NEEDS_SMTPUTF8
    assert parse_mail("FROM:<é@bücher.example> SMTPUTF8").address == "é@bücher.example"
    assert rcpt_refusal("TO:<é@example.com>") is replies.NEEDS_SMTPUTF8
    assert rcpt_refusal("TO:<é@example.com>", smtputf8=True) is None


def test_parameters_of_mail_are_carried() -> None:
    given = parse_mail("FROM:<a@b.example> SIZE=12 BODY=8BITMIME SMTPUTF8 RET=hdrs ENVID=Qq+2B1 AUTH=<>")
    assert given == Sender("a@b.example", 12, True, "8BITMIME", "HDRS", "Qq+2B1")


def test_parameters_of_rcpt_keep_their_case() -> None:
    given = parse_rcpt("TO:<a@b.example> NOTIFY=success,Delay ORCPT=rfc822;Bob+40b.example", smtputf8=False)
    assert given == Recipient("a@b.example", "SUCCESS,DELAY", "rfc822;Bob+40b.example")


def test_an_international_original_recipient_needs_smtputf8() -> None:
    argument = "TO:<a@b.example> ORCPT=utf-8;bücher@b.example"
    assert rcpt_refusal(argument) is replies.NEEDS_SMTPUTF8
    assert rcpt_refusal(argument, smtputf8=True) is None


BAD_PARAMETERS = {
    "SIZE=": replies.BAD_PARAMETER,
    "SIZE": replies.BAD_PARAMETER,
    "SIZE=-1": replies.BAD_PARAMETER,
    "SIZE=1e9": replies.BAD_PARAMETER,
    "SIZE=" + "9" * 21: replies.BAD_PARAMETER,
    "SIZE=٣": replies.BAD_PARAMETER,
    "SIZE=1 SIZE=2": replies.BAD_PARAMETER,
    "BODY=BINARYMIME": replies.BAD_PARAMETER,
    "BODY": replies.BAD_PARAMETER,
    "SMTPUTF8=yes": replies.BAD_PARAMETER,
    "RET=ALL": replies.BAD_PARAMETER,
    "ENVID=a+zz": replies.BAD_PARAMETER,
    "ENVID=" + "x" * 101: replies.BAD_PARAMETER,
    "=1": replies.BAD_PARAMETER,
    "A=B=C": replies.BAD_PARAMETER,
    "FUTURERELEASE=1": replies.UNKNOWN_PARAMETER,
    "NOTIFY=NEVER": replies.UNKNOWN_PARAMETER,
    "X": replies.UNKNOWN_PARAMETER,
}


@pytest.mark.parametrize("parameter", BAD_PARAMETERS, ids=lambda parameter: str(parameter)[:20])
def test_a_bad_parameter_is_refused(parameter: str) -> None:
    assert refusal(f"FROM:<a@b.example> {parameter}") is BAD_PARAMETERS[parameter]


@pytest.mark.parametrize(
    "parameter",
    [
        "NOTIFY=NEVER,DELAY",
        "NOTIFY=DELAY,DELAY",
        "NOTIFY=",
        "NOTIFY=SOON",
        "ORCPT=rfc822",
        "ORCPT=;a@b.example",
        "ORCPT=rfc822;",
        "ORCPT=rfc822;a+zz",
        "ORCPT=rfc822;" + "x" * 500,
    ],
)
def test_a_bad_parameter_of_rcpt_is_refused(parameter: str) -> None:
    assert rcpt_refusal(f"TO:<a@b.example> {parameter}") is replies.BAD_PARAMETER


def test_after_helo_there_are_no_parameters() -> None:
    assert refusal("FROM:<a@b.example> SIZE=1", extended=False) is replies.UNKNOWN_PARAMETER


def test_domains_compare_without_letter_case_and_local_parts_with_it() -> None:
    assert same_mailbox("Bob@EXAMPLE.com") == same_mailbox("Bob@example.COM")
    assert same_mailbox("Bob@example.com") != same_mailbox("bob@example.com")


@given(st.text(max_size=60))
def test_whatever_is_said_is_taken_or_refused(text: str) -> None:
    for argument in (text, f"FROM:{text}", f"FROM:<{text}>", f"FROM:<a@b.example> {text}"):
        reply = refusal(argument)
        assert reply is None or 500 <= reply.code < 600


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_accepted_address_can_break_a_command_line(local: str, domain: str) -> None:
    try:
        address = parse_mail(f"FROM:<{local}@{domain}> SMTPUTF8").address
    except Refusal:
        return
    assert address == f"{local}@{domain}"
    assert address.isprintable()
    assert "<" not in domain
    assert ">" not in domain
