"""DATA in every way of cutting it into chunks."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.smtp import replies
from gatepost.smtp.data import DataReader, Flood
from gatepost.smtp.replies import Reply

END = b"\r\n.\r\n"
EDGES = (4096, 32768, 65535, 65536, 131071)

line = st.text(alphabet=".ab\t é", max_size=12).map(str.encode)
mails = st.lists(line, max_size=12).map(lambda lines: b"".join(each + b"\r\n" for each in lines))
bytes_like_smtp = st.lists(
    st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"a", b"\r\n.", b"\r\n.\r\n", b"\0", b"MAIL FROM:<x@y>"]),
    max_size=30,
).map(b"".join)


def reader(most_bytes: int = 10_000_000, most_line_bytes: int = 102_400) -> DataReader:
    return DataReader(most_bytes=most_bytes, most_line_bytes=most_line_bytes)


def stuffed(mail: bytes) -> bytes:
    """As a client sends it, with its end."""
    lines = mail.split(b"\r\n")
    return b"\r\n".join(b"." + each if each.startswith(b".") else each for each in lines) + b".\r\n"


def read(octets: bytes, size: int, into: DataReader | None = None) -> tuple[DataReader, bytes | None]:
    """Feed in chunks of `size`; what is left after the end is whole again."""
    into = into or reader()
    for start in range(0, len(octets), size):
        rest = into.feed(octets[start : start + size])
        if rest is not None:
            return into, rest + octets[start + size :]
    return into, None


def pour(into: DataReader, chunk: bytes) -> None:
    """Feed the same chunk for ever."""
    while True:
        into.feed(chunk)


def problem_of(octets: bytes, **limits: int) -> Reply | None:
    found, rest = read(octets, 65536, reader(**limits))
    assert rest == b""
    return found.problem


@given(mails, st.integers(1, 40))
def test_what_comes_out_is_what_was_stuffed(mail: bytes, size: int) -> None:
    found, rest = read(stuffed(mail) + b"QUIT\r\n", size)
    assert (found.problem, rest, found.content()) == (None, b"QUIT\r\n", mail)


@given(bytes_like_smtp, st.integers(1, 20))
def test_chunks_never_change_what_is_read(octets: bytes, size: int) -> None:
    whole, rest = read(octets + END + b"rest", 1_000_000)
    cut, cut_rest = read(octets + END + b"rest", size)
    # which of several problems is named may depend on where a chunk ends
    same = [(each.problem is None, each.content()) for each in (whole, cut)]
    assert (same[0], rest) == (same[1], cut_rest)


@given(bytes_like_smtp)
def test_no_mail_goes_on_with_a_stray_line_end_or_a_nul(octets: bytes) -> None:
    found, _ = read(octets + END, 7)
    content = found.content().replace(b"\r\n", b"")
    assert not {0, 10, 13} & set(content)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("first", [b".", b"..", b".x", b"..x"])
@pytest.mark.parametrize("shift", range(-4, 5))
def test_dots_at_the_edge_of_a_chunk_come_out_unchanged(edge: int, first: bytes, shift: int) -> None:
    before = b"x" * 70 + b"\r\n"
    start = (before * (edge // len(before) + 1))[: edge + shift - 2] + b"\r\n"
    mail = start + first + b"\r\nlast\r\n"
    found, rest = read(stuffed(mail), 4096 if edge <= 32768 else 65536)
    assert (found.problem, rest, found.content()) == (None, b"", mail)


@pytest.mark.parametrize("dots", [1, 31, 32, 33, 500])
def test_any_number_of_dots_is_taken_off(dots: int) -> None:
    mail = b".\r\n..\r\nx.\r\n" * dots
    found, rest = read(stuffed(mail), 65536)
    assert (rest, found.content()) == (b"", mail)


FALSE_ENDS = {
    "lf dot lf": b"\n.\n",
    "lf dot crlf": b"\n.\r\n",
    "crlf dot lf": b"\r\n.\n",
    "cr dot cr": b"\r.\r",
    "cr dot crlf": b"\r.\r\n",
    "crlf dot cr": b"\r\n.\r",
    "cr lf nul dot": b"\r\n\0.\r\n",
    "dot nul": b"\r\n.\0\r\n",
    "crcrlf": b"\r\n.\r\r\n",
    "lf cr": b"\n\r.\n\r",
    "vertical tab": b"\x0b.\x0b",
    "form feed": b"\x0c.\x0c",
    "next line": b"\x85.\x85",
    "next line utf-8": b"\xc2\x85.\xc2\x85",
    "line separator": b"\xe2\x80\xa8.\xe2\x80\xa8",
    "file separator": b"\x1c.\x1c",
    "dot space": b"\r\n. \r\n",
    "two dots": b"\r\n..\r\n",
}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 64, 4096])
@pytest.mark.parametrize("form", FALSE_ENDS.values(), ids=FALSE_ENDS)
def test_no_false_end_ends_the_mail(form: bytes, size: int) -> None:
    smuggled = b"MAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.org>\r\nDATA\r\nlies"
    found, rest = read(b"Subject: x\r\n\r\nbody" + form + smuggled + END, size)
    assert rest == b""
    stray = form.replace(b"\r\n", b"").strip(b". ")
    assert (found.problem is not None) == any(octet in stray for octet in b"\r\0")
    if found.problem is None:
        assert found.content().count(b"\n") == found.content().count(b"\r\n")


@pytest.mark.parametrize("size", [1, 3, 64])
def test_line_feeds_are_mended_before_anything_reads_the_mail(size: int) -> None:
    found, rest = read(b"Subject: x\n\nfirst\n.\n..second\r\n" + END[2:], size)
    assert (found.problem, rest) == (None, b"")
    assert found.content() == b"Subject: x\r\n\r\nfirst\r\n.\r\n..second\r\n"


@given(st.text(alphabet="a.\r\n", max_size=60).map(str.encode), st.integers(1, 9))
def test_mending_does_not_depend_on_the_chunks(octets: bytes, size: int) -> None:
    found, _ = read(octets + END, size)
    if found.problem is None:
        whole, _ = read(octets + END, 1_000)
        assert found.content() == whole.content()
        assert found.content().count(b"\n") == found.content().count(b"\r\n")


def test_line_feeds_by_the_million_take_no_more_than_the_limit() -> None:
    found = reader(most_bytes=1_000_000)
    most = 0
    for _ in range(40):
        found.feed(b"\n" * 50_000)
        most = max(most, found.kept_bytes)
    assert (found.problem, most <= 1_100_000) == (replies.TOO_BIG, True)


def test_a_mail_that_grows_past_the_limit_by_mending_is_too_big() -> None:
    assert problem_of(b"\n" * 60 + END, most_bytes=100) is replies.TOO_BIG


def test_line_feeds_are_refused_where_the_operator_wants_it() -> None:
    strict = DataReader(most_bytes=1000, most_line_bytes=1000, mend_line_feeds=False)
    found, _ = read(b"Subject: x\n\nbody" + END, 64, strict)
    assert found.problem is replies.BARE_LINE_END


@pytest.mark.parametrize("form", FALSE_ENDS.values(), ids=FALSE_ENDS)
@pytest.mark.parametrize("edge", EDGES)
def test_no_false_end_over_the_edge_of_a_chunk_ends_the_mail(edge: int, form: bytes) -> None:
    for shift in range(len(form) + 1):
        body = (b"y" * 78 + b"\r\n") * (edge // 80 + 1)
        _, rest = read(body[: edge - shift] + form + b"after" + END + b"NOOP", edge)
        assert rest == b"NOOP"


def test_a_dot_alone_is_an_empty_mail() -> None:
    found, rest = read(b".\r\nQUIT\r\n", 1)
    assert (found.content(), rest, found.problem) == (b"", b"QUIT\r\n", None)


def test_a_mail_of_exactly_the_limit_passes() -> None:
    assert problem_of(b"x" * 98 + END, most_bytes=100) is None


def test_a_mail_of_one_octet_more_is_too_big() -> None:
    assert problem_of(b"x" * 99 + END, most_bytes=100) is replies.TOO_BIG


@pytest.mark.parametrize("octets", [998, 1000, 2000, 10_000, 100_000, 102_400])
@pytest.mark.parametrize("size", [999, 65536])
def test_a_long_line_passes_whole(octets: int, size: int) -> None:
    mail = b"short\r\n" + b"x" * octets + b"\r\nshort\r\n"
    found, _ = read(mail + b".\r\n", size)
    assert (found.problem, found.content()) == (None, mail)


@pytest.mark.parametrize("size", [1000, 65536, 1_000_000])
@pytest.mark.parametrize("before", [b"", b"short\r\n" * 9000])
def test_a_line_past_the_limit_is_refused(size: int, before: bytes) -> None:
    found, rest = read(before + b"x" * 102_401 + END + b"NOOP", size)
    assert (found.problem, rest) == (replies.LINE_TOO_LONG, b"NOOP")


def test_after_a_refused_line_the_mail_is_not_kept() -> None:
    found = reader(most_line_bytes=10)
    found.feed(b"x" * 50 + b"\r\n" + b"y\r\n" * 1000)
    assert found.content() == b""


def test_an_endless_line_is_a_flood_at_the_limit_and_a_mebibyte() -> None:
    found, chunk = reader(most_bytes=100_000, most_line_bytes=1000), b"x" * 65536
    with pytest.raises(Flood):
        pour(found, chunk)
    assert found.received_bytes <= 100_000 + 1_048_576 + len(chunk)


def test_a_mail_of_lines_may_be_read_to_twice_the_limit_to_be_answered() -> None:
    body = (b"x" * 70 + b"\r\n") * 26_000
    found, rest = read(body + b".\r\nNOOP", 65536, reader(most_bytes=1_000_000))
    assert (found.problem, rest) == (replies.TOO_BIG, b"NOOP")


def test_an_endless_mail_of_lines_is_a_flood() -> None:
    found, chunk = reader(most_bytes=100_000), (b"x" * 70 + b"\r\n") * 1000
    with pytest.raises(Flood):
        pour(found, chunk)
    assert found.received_bytes <= 2 * 100_000 + 1_048_576 + len(chunk)


def test_a_dropped_mail_keeps_its_first_problem() -> None:
    found = reader()
    found.drop(replies.BUSY)
    found.feed(b"a\0b" + END)
    assert found.problem is replies.BUSY


@pytest.mark.parametrize("line", [b"\r\n", b"..\r\n", b"\n", b"x\r\n"])
def test_four_times_the_short_lines_are_about_four_times_the_work(line: bytes) -> None:
    def seconds(lines: int) -> float:
        octets, best = line * lines, float("inf")
        for _ in range(3):
            start = time.process_time()
            reader = DataReader(most_bytes=100_000_000, most_line_bytes=1_000)
            for at in range(0, len(octets), 65_536):
                reader.feed(octets[at : at + 65_536])
            best = min(best, time.process_time() - start)
        return best

    small, large = seconds(500_000), seconds(2_000_000)
    assert large < 12 * small + 0.05  # 4 when it is linear, 16 when it is quadratic
