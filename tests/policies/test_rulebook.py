"""Packs make a rulebook: ordered, digested, with the operator's own rules and overrides, or refused whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gatepost_policies.errors import PackError
from gatepost_policies.model import Action, Mode
from gatepost_policies.rulebook import PACKS, Rulebook, editions, load
from kit.judged import book, verdict

OWN = """\
id: own-no-fax
clause: OWN
title: No fax numbers
why: We have no fax.
since: 2026-11-23
direction: outbound
purposes: [any]
languages: [en]
category: style
action: quarantine
check: phrase
with: {phrases: {en: ["fax ~2 #"]}}
fix: Leave out the fax number.
violates:
  en:
    - {say: "Our fax is 12345."}
complies:
  en:
    - {say: "The facts are known."}
"""


def folder(path: Path, **files: str) -> Path:
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / f"{name.replace('_', '-')}.yaml").write_text(text, encoding="utf-8")
    return path


def test_the_shipped_editions_load() -> None:
    assert editions() == ("amazon-2018-10", "amazon-2020-11")
    assert all(book(edition).rules for edition in editions())


def test_rules_stand_in_the_order_of_their_clauses() -> None:
    clauses = [rule.clause for rule in book().rules]
    assert clauses.index("D1a") < clauses.index("D4h") < clauses.index("G1") < clauses.index("P1")


def test_a_rule_is_found_by_its_id() -> None:
    assert book().rule("d4b-one-per-order").category == "review-repeat"
    assert not book().has("d4b-two-per-order")
    with pytest.raises(KeyError):
        book().rule("d4b-two-per-order")


@pytest.mark.parametrize(
    ("category", "action"),
    [
        ("external-link", Action.REJECT),
        ("opt-out-link", Action.REJECT),
        ("linked-logo", Action.REJECT),
        ("review-repeat", Action.REJECT),
        ("off-amazon-payment", Action.REJECT),
        ("missing-order-id", Action.REJECT),
        ("attachment", Action.REJECT),
        ("marketing", Action.QUARANTINE),
        ("cross-promotion", Action.QUARANTINE),
        ("off-purpose", Action.QUARANTINE),
        ("missing-content", Action.QUARANTINE),
        ("hidden-content", Action.QUARANTINE),
        ("unreadable-content", Action.QUARANTINE),
    ],
)
def test_what_is_certain_is_refused_and_what_is_doubtful_is_held(category: str, action: Action) -> None:
    assert {rule.action for rule in book().rules if rule.category == category} == {action}


def test_every_rule_on_reviews_refuses() -> None:
    reviews = [rule for rule in book().rules if rule.category.startswith("review-")]
    assert {rule.action for rule in reviews} == {Action.REJECT}


def test_an_id_wins_over_a_category() -> None:
    own = load(
        modes={"external-link": "shadow", "p1-link-text": "off"},
        actions={"external-link": "quarantine", "p1-link-text": "relay"},
    )
    assert own.rule("p1-external-link").mode is Mode.SHADOW
    assert own.rule("p1-link-text").mode is Mode.OFF
    assert own.rule("p1-external-link").action is Action.QUARANTINE
    assert own.rule("p1-link-text").action is Action.RELAY


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        pytest.param({"modes": {"p1-external-links": "off"}}, "did you mean p1-external-link", id="name"),
        pytest.param({"modes": {"marketing": "silent"}}, "one of: enforce, shadow, off", id="mode"),
        pytest.param(
            {"actions": {"marketing": "hold"}}, "one of: relay, repair, quarantine, reject", id="action"
        ),
        pytest.param({"allowed_hosts": ["not a host"]}, "not a host name", id="host"),
        pytest.param({"edition": "amazon-2018"}, "there are: amazon-2018-10", id="edition"),
    ],
)
def test_settings_that_name_nothing_are_refused(settings: dict[str, object], why: str) -> None:
    with pytest.raises(PackError, match=why):
        load(**settings)  # type: ignore[arg-type]  # the table holds each kind


def test_the_digest_changes_with_what_decides_and_with_nothing_else(tmp_path: Path) -> None:
    first = load().digest
    copy = tmp_path / "copy"
    shutil.copytree(PACKS / "amazon-2018-10", copy)
    assert load().digest == first
    assert load(str(copy)).digest == first
    changed = [
        load(modes={"marketing": "shadow"}).digest,
        load(actions={"marketing": "reject"}).digest,
        load(allowed_hosts=["docs.example.com"]).digest,
        load("amazon-2020-11").digest,
    ]
    assert len({first, *changed}) == 5


def test_an_own_rule_finds(tmp_path: Path) -> None:
    own = load(folders=[folder(tmp_path / "rules.d", own_no_fax=OWN)])
    assert own.rule("own-no-fax").file.endswith("own-no-fax.yaml")
    assert len(own.rules) == len(book().rules) + 1


def test_an_override_changes_action_and_mode_only(tmp_path: Path) -> None:
    text = "override: p4-marketing\naction: reject\nmode: shadow\n"
    own = load(folders=[folder(tmp_path / "rules.d", marketing=text)])
    rule = own.rule("p4-marketing")
    assert (rule.action, rule.mode, rule.check) == (Action.REJECT, Mode.SHADOW, "promotion_marketing")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("override: p4-marketin\nmode: off", 1, "did you mean p4-marketing"),
        ("override: p4-marketing\nfix: Other words.", 2, "unknown key"),
        ("override: p4-marketing\nmode: silent", 2, "one of: enforce, shadow, off"),
        ("override: p4-marketing\naction: hold", 2, "one of: relay"),
        (OWN.replace("own-no-fax", "p4-marketing"), 1, "use override"),
    ],
)
def test_a_wrong_file_of_the_operators_is_refused_by_line(
    tmp_path: Path, text: str, line: int, why: str
) -> None:
    with pytest.raises(PackError) as caught:
        load(folders=[folder(tmp_path / "rules.d", p4_marketing=text)])
    assert (Path(caught.value.file).name, caught.value.line) == ("p4-marketing.yaml", line)
    assert why in caught.value.why


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no such folder"):
        load(folders=[tmp_path / "rules.d"])


def test_a_rule_file_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    rules = folder(tmp_path / "rules.d")
    (rules / "a.yaml").symlink_to(rules / "a.yaml")
    (rules / "b.yaml").write_bytes(b"\xff")
    with pytest.raises(PackError, match="not YAML"):
        load(folders=[rules])


PACK = "edition: mine\nlanguages: [en]\nbase: amazon-2018-10\nkeeps: [p1-external-link]\n"


def pack(path: Path, text: str) -> Rulebook:
    return load(str(folder(path / "mine", pack=text)))


def test_a_pack_of_the_operators_may_stand_on_a_shipped_edition(tmp_path: Path) -> None:
    mine = pack(tmp_path, PACK + "changes: {p1-external-link: {action: quarantine, fix: Other words.}}\n")
    assert [(rule.id, rule.action, rule.fix) for rule in mine.rules] == [
        ("p1-external-link", Action.QUARANTINE, "Other words.")
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("title: x", "the key edition is missing", id="no edition"),
        pytest.param("edition: x\nbasis: y", "did you mean base", id="unknown key"),
        pytest.param("edition: x\nbase: amazon-1999", "can't be read", id="no base"),
        pytest.param(
            PACK.replace("external-link", "external-lin"), "did you mean p1-external-link", id="keeps"
        ),
        pytest.param(PACK + "changes: {p2-opt-out: {}}", "not among the kept rules", id="not kept"),
        pytest.param(PACK + "changes: {p1-external-link: {check: x}}", "can't be changed", id="check"),
        pytest.param(PACK + "changes: {p1-external-link: {clause: Z}}", "no such clause", id="clause"),
        pytest.param(PACK + "changes: {p1-external-link: off}", "expected keys", id="no mapping"),
        pytest.param(PACK + "changes: {p1-external-link: {with: {of: x}}}", "not a setting", id="with"),
    ],
)
def test_a_wrong_pack_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(PackError, match=why):
        pack(tmp_path, text)


def test_what_2018_demands_2020_forbids() -> None:
    ship = "Your order has been shipped."
    old, new = verdict(ship), verdict(ship, edition="amazon-2020-11")
    assert {finding.category for finding in old.findings} == {"missing-content"}
    assert [finding.rule for finding in new.findings] == ["2020-c1-shipment-confirmation"]
