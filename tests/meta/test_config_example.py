"""The annotated example shows every key at its default, and nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from gatepost.config import Config, load
from gatepost.config.document import parse
from gatepost.config.keys import leaves, variables
from gatepost.config.schema import DkimKey, Listener, Relay, Route, Webhook

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config" / "gatepost.yaml"


def with_all_keys() -> str:
    """The example with its commented keys switched on: `#key:` and `#  key:`, but not `# prose: …`."""
    lists = re.compile(r"^(routes|  keys|  webhooks): \[\](?: .*)?$", flags=re.MULTILINE)
    text = lists.sub(r"\1:", EXAMPLE.read_text(encoding="utf-8"))
    return "\n".join(re.sub(r"^( *)#((?:  +)?(?:- )?[a-z_]+:)", r"\1\2", line) for line in text.splitlines())


def test_the_example_is_the_defaults() -> None:
    assert load(EXAMPLE, {}).config == Config()


def test_the_example_says_every_default_itself() -> None:
    origins = load(EXAMPLE, {}).origins
    silent = {key for key, origin in origins.items() if origin == "default"}
    commented = ("relay.", "site.oidc.", "inbound.relay.")
    assert silent == {key for key in origins if key.startswith(commented)} | {
        "policy.rules_folder",
        "store.database_password_file",
        "store.database_password",
    }


def test_the_example_with_its_comments_switched_on_loads(tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(with_all_keys(), encoding="utf-8")
    config = load(file, {}).config
    assert config.relay == Relay(
        host="smtp.example.com",
        ca_file=Path("/etc/gatepost/tls/ca.pem"),
        password_file=Path("credential:relay-password"),
    )


def test_the_example_names_every_key() -> None:
    document = parse(with_all_keys(), "example")
    shown = {tuple(step for step in key if isinstance(step, str)) for key in document.places}
    wanted = {key for key in leaves() if key[-1] not in ("password", "database_password")}
    wanted |= {("smtp", "listeners", name) for name in Listener.model_fields}
    wanted |= {("routes", name) for name in Route.model_fields}
    wanted |= {("dkim", "keys", name) for name in DkimKey.model_fields}
    wanted |= {("notices", "webhooks", name) for name in Webhook.model_fields}
    assert wanted - shown == set()


def test_no_two_keys_share_a_variable() -> None:
    assert len(variables()) == len(leaves())
