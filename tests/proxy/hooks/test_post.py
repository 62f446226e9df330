"""One POST against a server that behaves, and ones that don't."""

from __future__ import annotations

import asyncio

import pytest

from gatepost.hooks import post as module
from gatepost.hooks.post import HookFailed, post
from kit.listener import listening


async def send(url: str, *, seconds: float = 5.0, allow: bool = True) -> int:
    return await post(url, b'{"a":1}', {"Gatepost-Event": "x"}, seconds=seconds, allow_private=allow)


async def test_a_call_brings_its_body_and_headers() -> None:
    async with listening() as heard:
        status = await send(heard.url)
    ((headers, body),) = heard.requests

    assert (status, body) == (204, b'{"a":1}')
    assert headers[""] == "POST /hook?x=1 HTTP/1.1"
    assert headers["gatepost-event"] == "x"
    assert headers["host"] == f"127.0.0.1:{heard.port}"


async def test_interim_answers_are_passed_over_and_redirects_are_not_followed() -> None:
    moved = b"HTTP/1.1 100 Continue\r\na: b\r\n\r\nHTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\n\r\n"
    async with listening(moved) as heard:
        assert await send(heard.url) == 302
    assert len(heard.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"220 mail.example ESMTP\r\n", id="no HTTP"),
        pytest.param(b"HTTP/1.1 \r\n", id="no status"),
        pytest.param(b"x" * 100_000, id="an endless line"),
        pytest.param(b"HTTP/1.1 100 C\r\n\r\n" * 50, id="endless interim answers"),
    ],
)
async def test_an_answer_that_is_none_fails(answer: bytes) -> None:
    async with listening(answer) as heard:
        with pytest.raises(HookFailed):
            await send(heard.url)


async def test_a_server_that_never_answers_has_its_deadline() -> None:
    async with listening(b"") as heard:
        with pytest.raises(HookFailed, match=r"no answer within 0\.05 s"):
            await send(heard.url, seconds=0.05)


async def test_a_port_where_nobody_listens_fails() -> None:
    async with listening() as heard:
        url = heard.url
    with pytest.raises(HookFailed):
        await send(url)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "[fe80::1]", "100.64.0.1",
     "[::ffff:127.0.0.1]", "2130706433", "localhost"],
)  # fmt: skip
async def test_no_call_goes_inside_unless_that_is_allowed(host: str) -> None:
    with pytest.raises(HookFailed, match="private address"):
        await send(f"https://{host}:1/x", allow=False)


async def test_a_name_that_leads_inside_is_refused_whatever_it_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def lookup(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", ("10.0.0.7", 443))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup, raising=False)
    with pytest.raises(HookFailed, match="private address"):
        await send("https://hooks.example.com/x", allow=False)


def test_public_addresses_pass() -> None:
    assert module._is_public("203.0.113.1") is False  # kept for documentation: leads nowhere
    assert module._is_public("1.1.1.1")
    assert module._is_public("2606:4700::1111")


async def test_an_address_that_would_break_the_request_is_refused() -> None:
    with pytest.raises(HookFailed):
        await send("http://127.0.0.1:1/a b")
