from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from gatepost_policies.html import sheet
from gatepost_policies.html.sheet import Cascade, read_sheets


def cascade(text: str, document: str = "<p class='x y'>t</p>") -> Cascade:
    return read_sheets([text], LexborHTMLParser(document))


def test_rules_that_cannot_matter_are_dropped() -> None:
    assert cascade("p{font-family:x;margin:0}").is_empty


def test_a_rule_for_a_class_selects_its_elements() -> None:
    found = cascade("p.x{display:none}.y{color:red}td.x{display:none}").rules_for(0, "p", {"class": "x y"})
    assert len(found) == 2


def test_a_compound_selector_is_matched_by_the_parser() -> None:
    parser = LexborHTMLParser("<div><p>a</p></div><p>b</p>")
    inside, outside = parser.css("p")
    rules = read_sheets(["div p{display:none}"], parser)
    assert (len(rules.rules_for(inside.mem_id, "p", {})), len(rules.rules_for(outside.mem_id, "p", {}))) == (
        1,
        0,
    )


def test_rules_inside_other_at_rules_do_not_count() -> None:
    assert cascade("@font-face{display:none} @keyframes a{from{display:none}} @page{color:red}").is_empty


def test_a_rule_after_an_import_counts() -> None:
    assert not cascade("@import url(x); @charset 'utf-8'; p{display:none}").is_empty


def test_a_broken_selector_is_passed_over() -> None:
    assert cascade("p[{display:none} :::x{display:none}").rules_for(0, "p", {}) == []


def test_too_many_rules_are_a_defect() -> None:
    found = cascade("".join(f".c{n}{{display:none}}" for n in range(sheet.MAX_RULES + 10)))
    assert found.defects == ["css-too-long"]


def test_matching_ends_at_its_budget() -> None:
    document = "<div>" * 50 + "<p>x</p>" * 1_000
    text = "".join(f"div p{{color:#{n:06}}}" for n in range(1_000))
    found = read_sheets([text], LexborHTMLParser(document))
    assert found.defects == ["css-too-long"]
    assert sum(map(len, found.by_node.values())) <= sheet.MAX_MATCHES + 1_000


@given(st.text(alphabet=st.sampled_from("{}@;:.#,*/ \nabmediapcolor!-")))
def test_any_sheet_can_be_read(text: str) -> None:
    assert isinstance(cascade(text), Cascade)


def test_too_long_a_sheet_is_a_defect() -> None:
    assert cascade("p{color:red}" + " " * sheet.MAX_SHEET).defects == ["css-too-long"]


def test_a_rule_for_another_element_of_that_name_does_not_count() -> None:
    assert cascade("td#x{display:none}").rules_for(0, "p", {"id": "x"}) == []
