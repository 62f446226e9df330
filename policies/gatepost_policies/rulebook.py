"""Packs of YAML rules -> one Rulebook: validated, ordered, with a digest.

A pack is a folder: `pack.yaml` and one file a rule. An edition may stand on another (`base:`) and
name the rules that it keeps, with what it changes in them. The operator's folder beside the
configuration adds rules of the same form, or overrides `action` and `mode` of one by its id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gatepost_policies import clauses
from gatepost_policies.checks.case import Settings
from gatepost_policies.errors import PackError
from gatepost_policies.facts.hosts import canonical_host
from gatepost_policies.model import CATEGORIES, Action, Mode
from gatepost_policies.rule import Rule, check_keys, check_params, nearest, read_rule
from gatepost_policies.yamlfile import Document, parse

PACKS = Path(__file__).parent / "packs"
DEFAULT_EDITION = "amazon-2018-10"
MAX_RULES = 2_000

_PACK_KEYS = (
    "edition",
    "title",
    "in_force",
    "source",
    "languages",
    "settings",
    "base",
    "keeps",
    "changes",
    "reasons",
)
_OVERRIDE_KEYS = ("override", "action", "mode")
_CHANGE_KEYS = ("action", "mode", "clause", "title", "why", "fix", "with")


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules in force for one edition, in the order of their clauses."""

    edition: str
    digest: str  # sha256 over all that decides a verdict; hex
    rules: tuple[Rule, ...]
    settings: Settings = field(default_factory=Settings)
    title: str = ""
    in_force: str = ""
    source: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)  # clause -> why it has no rule

    def rule(self, id: str) -> Rule:
        """The rule called `id`; raises KeyError when the edition has none."""
        for rule in self.rules:
            if rule.id == id:
                return rule
        raise KeyError(id)

    def has(self, id: str) -> bool:
        """Whether this edition has a rule called `id`."""
        return any(rule.id == id for rule in self.rules)


@dataclass(frozen=True, slots=True)
class _Pack:
    document: Document
    rules: dict[str, Rule]


def editions() -> tuple[str, ...]:
    """The names of the shipped editions, oldest first."""
    return tuple(sorted(folder.name for folder in PACKS.iterdir() if (folder / "pack.yaml").is_file()))


def load(
    edition: str = DEFAULT_EDITION,
    *,
    folders: Sequence[Path] = (),
    modes: Mapping[str, str] | None = None,
    actions: Mapping[str, str] | None = None,
    allowed_hosts: Sequence[str] = (),
) -> Rulebook:
    """The rulebook of `edition` (a shipped name, or the path of a pack) as the operator has set it.

    The keys of `modes` and `actions` are rule ids or categories; an id wins over a category.
    Raises PackError with file, line and key; nothing is in force then.
    """
    pack = _read_pack(_folder(edition))
    rules = dict(pack.rules)
    for folder in folders:
        _apply_folder(rules, folder)
    _check_names(rules, modes or {}, actions or {})
    chosen = tuple(
        _with_settings(rule, modes or {}, actions or {})
        for rule in sorted(rules.values(), key=lambda rule: (clauses.position(rule.clause), rule.id))
    )
    return _assemble(pack.document, chosen, allowed_hosts)


def _assemble(document: Document, rules: tuple[Rule, ...], allowed_hosts: Sequence[str]) -> Rulebook:
    about = document.value
    settings = Settings(
        edition=about["edition"],
        languages=frozenset(about.get("languages") or ()),
        allowed_hosts=frozenset(_host(host) for host in allowed_hosts),
        values=about.get("settings") or {},
    )
    return Rulebook(
        edition=about["edition"],
        digest=_digest(rules, settings),
        rules=rules,
        settings=settings,
        title=str(about.get("title") or ""),
        in_force=str(about.get("in_force") or ""),
        source=str(about.get("source") or ""),
        reasons=about.get("reasons") or {},
    )


def _folder(edition: str) -> Path:
    if edition in editions():
        return PACKS / edition
    folder = Path(edition)
    if (folder / "pack.yaml").is_file():
        return folder
    raise PackError(
        f"no edition {edition!r}{nearest(edition, editions())}; there are: {', '.join(editions())}"
    )


def _read_pack(folder: Path) -> _Pack:
    document = _read(folder / "pack.yaml")
    check_keys(document, _PACK_KEYS)
    if not isinstance(document.value.get("edition"), str):
        raise document.fault("the key edition is missing", "edition")
    rules: dict[str, Rule] = {}
    if document.value.get("base"):
        rules.update(_kept(document))
    for path in _rule_files(folder):
        if path.name != "pack.yaml":
            rule = read_rule(_read(path), path.stem)
            rules[rule.id] = rule
    return _Pack(document, rules)


def _kept(document: Document) -> dict[str, Rule]:
    base = _read_pack(PACKS / str(document.value["base"])).rules
    kept: dict[str, Rule] = {}
    for index, id in enumerate(document.value.get("keeps") or ()):
        if id not in base:
            raise document.fault(f"the base has no rule {id!r}{nearest(str(id), base)}", "keeps", index)
        kept[id] = base[id]
    for id, change in (document.value.get("changes") or {}).items():
        if id not in kept:
            raise document.fault(f"not among the kept rules{nearest(id, kept)}", "changes", id)
        kept[id] = _changed(kept[id], change, document, id)
    return kept


def _changed(rule: Rule, change: Any, document: Document, id: str) -> Rule:
    if not isinstance(change, dict):
        raise document.fault("expected keys and values", "changes", id)
    for key in change:
        if key not in _CHANGE_KEYS:
            raise document.fault(f"can't be changed{nearest(key, _CHANGE_KEYS)}", "changes", id, key)
    if change.get("clause", rule.clause) not in clauses.load():
        raise document.fault("no such clause", "changes", id, "clause")
    params = {**rule.params, **(change.get("with") or {})}
    check_params(document, rule.check, params, "changes", id, "with")
    return replace(
        rule,
        params=params,
        action=_action(change.get("action", rule.action.word), document, ("changes", id, "action")),
        mode=_mode(change.get("mode", rule.mode.value), document, ("changes", id, "mode")),
        clause=str(change.get("clause", rule.clause)),
        title=str(change.get("title", rule.title)),
        why=str(change.get("why", rule.why)),
        fix=str(change.get("fix", rule.fix)),
    )


def _apply_folder(rules: dict[str, Rule], folder: Path) -> None:
    if not folder.is_dir():
        raise PackError("no such folder of rules", file=str(folder))
    for path in _rule_files(folder):
        document = _read(path)
        if isinstance(document.value, dict) and "override" in document.value:
            _override(rules, document)
            continue
        rule = read_rule(document, path.stem)
        if rule.id in rules:
            raise document.fault(
                "there is a rule of this id; use override: to change its action or mode", "id"
            )
        rules[rule.id] = rule


def _override(rules: dict[str, Rule], document: Document) -> None:
    check_keys(document, _OVERRIDE_KEYS)
    id = document.value["override"]
    if id not in rules:
        raise document.fault(f"no rule {id!r}{nearest(str(id), rules)}", "override")
    rule = rules[id]
    rules[id] = replace(
        rule,
        action=_action(document.value.get("action", rule.action.word), document, ("action",)),
        mode=_mode(document.value.get("mode", rule.mode.value), document, ("mode",)),
    )


def _action(word: Any, document: Document, path: tuple[str, ...]) -> Action:
    words = [action.word for action in Action]
    if word not in words:
        raise document.fault(f"unknown value {word!r}; one of: {', '.join(words)}", *path)
    return Action[word.upper()]


def _mode(word: Any, document: Document, path: tuple[str, ...]) -> Mode:
    words = [mode.value for mode in Mode]
    if word not in words:
        raise document.fault(f"unknown value {word!r}; one of: {', '.join(words)}", *path)
    return Mode(word)


def _rule_files(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file())
    if len(files) > MAX_RULES:
        raise PackError(f"more than {MAX_RULES} rules", file=str(folder))
    return files


def _read(path: Path) -> Document:
    try:
        return parse(path.read_bytes(), str(path))
    except OSError as error:
        raise PackError(f"can't be read: {error.strerror}", file=str(path)) from error


def _check_names(rules: Mapping[str, Rule], modes: Mapping[str, str], actions: Mapping[str, str]) -> None:
    names = {*rules, *CATEGORIES}
    for section, given, words in (
        ("modes", modes, [mode.value for mode in Mode]),
        ("actions", actions, [action.word for action in Action]),
    ):
        for name, word in given.items():
            if name not in names:
                raise PackError(
                    f"neither a rule nor a category{nearest(name, names)}", key=f"{section}.{name}"
                )
            if word not in words:
                raise PackError(
                    f"unknown value {word!r}; one of: {', '.join(words)}", key=f"{section}.{name}"
                )


def _with_settings(rule: Rule, modes: Mapping[str, str], actions: Mapping[str, str]) -> Rule:
    mode = modes.get(rule.id, modes.get(rule.category))
    action = actions.get(rule.id, actions.get(rule.category))
    if mode is None and action is None:
        return rule
    return replace(
        rule,
        mode=Mode(mode) if mode else rule.mode,
        action=Action[action.upper()] if action else rule.action,
    )


def _host(host: str) -> str:
    """`host` as links carry it: lower case, IDNA A-label, no dot at the end."""
    cleaned = canonical_host(host.strip())
    if not cleaned:
        raise PackError(f"not a host name: {host!r}", key="allowed_hosts")
    return cleaned


def _digest(rules: Iterable[Rule], settings: Settings) -> str:
    """The same for the same rules on every machine: file paths and examples play no part in it."""
    content = [_deciding(rule) for rule in rules]
    about = [settings.edition, sorted(settings.languages), sorted(settings.allowed_hosts), settings.values]
    text = json.dumps([content, about], sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _deciding(rule: Rule) -> list[Any]:
    texts = [
        rule.id,
        rule.clause,
        rule.category,
        rule.action.word,
        rule.mode.value,
        rule.check,
        rule.fix,
        rule.title,
    ]
    purposes, media = sorted(p.value for p in rule.purposes), sorted(m.value for m in rule.media)
    return [texts, rule.params, purposes, media]
