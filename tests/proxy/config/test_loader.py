from __future__ import annotations

import json
from pathlib import Path

import pytest

from gatepost.config import Config, Loaded, find, load
from gatepost.config.schema import ListenerTls, OnRelayFailure
from gatepost.errors import ConfigError

WHOLE_FILE = """\
workers: 1
smtp:
  listeners:
    - {address: "127.0.0.1:2525", tls: none}
  trusted_networks: ["127.0.0.0/8"]
relay: {host: 127.0.0.1, port: 2526, tls: none}
store: {path: var/gatepost.db}
site: {address: "127.0.0.1:8025"}
policy: {edition: amazon-2018-10}
"""


def faults(text: str, tmp_path: Path, environ: dict[str, str] | None = None) -> list[str]:
    path = tmp_path / "c.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, environ or {})
    return str(caught.value).replace(str(path), "c.yaml").splitlines()


def loaded(text: str, tmp_path: Path, environ: dict[str, str] | None = None) -> Loaded:
    path = tmp_path / "c.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ or {})


def test_without_a_file_the_defaults_hold() -> None:
    result = load(None, {})
    assert result.config == Config()
    assert set(result.origins.values()) == {"default"}


def test_the_contracts_whole_file_loads_as_it_is(tmp_path: Path) -> None:
    result = loaded(WHOLE_FILE, tmp_path)
    assert result.config.relay is not None
    assert result.config.relay.port == 2526
    assert result.config.smtp.listeners[0].tls is ListenerTls.NONE


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert loaded("# nothing here\n", tmp_path).config == Config()


def test_a_section_with_every_line_commented_out_keeps_its_defaults(tmp_path: Path) -> None:
    text = "smtp:\n  # hostname: x\nlog:\nrelay:\n"
    assert loaded(text, tmp_path).config == Config()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("smtp:\n  listners: []", 'c.yaml:2:3: smtp.listners: unknown key; did you mean "listeners"?'),
        ("smpt: {}", 'c.yaml:1:1: smpt: unknown key; did you mean "smtp"?'),
        (
            "smtp: {reply_seconds: 3}",
            'c.yaml:1:8: smtp.reply_seconds: unknown key; did you mean "smtp.times.reply_seconds"?',
        ),
        ("wholly_else: 1", "c.yaml:1:1: wholly_else: unknown key"),
        (
            "smtp: {listeners: [{adress: 'x'}]}",
            'c.yaml:1:21: smtp.listeners[0].adress: unknown key; did you mean "address"?',
        ),
        ("workers: many", "c.yaml:1:1: workers: expected a whole number"),
        ('workers: "1"', "c.yaml:1:1: workers: expected a whole number"),
        ("workers: 1.5", "c.yaml:1:1: workers: expected a whole number"),
        ("workers: true", "c.yaml:1:1: workers: expected a whole number"),
        ("workers: 0", "c.yaml:1:1: workers: must be at least 1"),
        ("workers: 65", "c.yaml:1:1: workers: must be at most 64"),
        ("workers:", "c.yaml:1:1: workers: expected a whole number"),
        ("workers: 010", "c.yaml:1:1: workers: expected a whole number"),
        ("site: {enabled: yes}", "c.yaml:1:8: site.enabled: expected true or false"),
        ("site: [1]", "c.yaml:1:1: site: expected keys and values"),
        ("smtp: {listeners: []}", "c.yaml:1:8: smtp.listeners: needs at least one entry"),
        ("smtp: {listeners: 5}", "c.yaml:1:8: smtp.listeners: expected a list"),
        ("smtp: {hostname: 5}", "c.yaml:1:8: smtp.hostname: expected text (a number needs quotes)"),
        ("relay: {port: 25}", "c.yaml:1:1: relay.host: is missing"),
        (
            "log: {level: warn}",
            'c.yaml:1:7: log.level: expected one of: debug, info, warning, error; did you mean "warning"?',
        ),
        (
            "smtp: {trusted_networks: [10.0.0.0/99]}",
            "c.yaml:1:27: smtp.trusted_networks[0]: not a network;"
            " expected one like 10.0.0.0/8 or 2001:db8::/32",
        ),
        (
            "site: {address: localhost}",
            "c.yaml:1:8: site.address: expected host:port, like 127.0.0.1:2525 or [::1]:2525",
        ),
        (
            "relay: {host: mail.example, tls: none, auth: client}\ndelivery: {on_relay_failure: defer}",
            "c.yaml:1:1: relay: a password never goes to another machine in clear: set tls",
        ),
        ("- 1", "c.yaml: expected keys and values"),
    ],
)
def test_a_fault_names_its_place_and_the_way_out(text: str, expected: str, tmp_path: Path) -> None:
    assert faults(text, tmp_path) == [expected]


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "workers: 0\nsmtp: {hostnme: x, limits: {errors: no}}\nworkers: 2\n"
    told = [line.split(" ")[0] for line in faults(text, tmp_path)]
    assert told == ["c.yaml:1:1:", "c.yaml:2:8:", "c.yaml:2:29:", "c.yaml:3:1:"]


def test_a_key_given_twice_names_both_lines(tmp_path: Path) -> None:
    text = "workers: 1\nlog: {}\nworkers: 2\n"
    assert faults(text, tmp_path) == ["c.yaml:3:1: workers: given twice, first in line 1"]


def test_a_file_that_is_no_yaml_says_where(tmp_path: Path) -> None:
    (fault,) = faults("smtp: {\nworkers: [", tmp_path)
    assert fault == "c.yaml:3:1: not YAML: did not find expected node content"


def test_a_missing_file_is_one_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read: No such file"):
        load(tmp_path / "none.yaml", {})


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes(b"smtp: {hostname: \xff}")
    with pytest.raises(ConfigError, match="not UTF-8 at byte 17"):
        load(path, {})


def test_a_secret_in_the_file_is_refused_and_not_echoed(tmp_path: Path) -> None:
    (fault,) = faults("relay: {host: h, password: hunter2}", tmp_path)
    assert fault == (
        "c.yaml:1:18: relay.password: a secret never stands in this file:"
        " use password_file or GATEPOST_RELAY_PASSWORD"
    )


def test_a_secret_of_the_wrong_type_is_not_echoed(tmp_path: Path) -> None:
    text = "routes: [{sender_domains: [a.example], relay: {host: h, password: [hunter2]}}]"
    (fault,) = faults(text, tmp_path)
    assert "hunter2" not in fault
    assert fault.endswith("use password_file")


def test_a_variable_overrides_the_file(tmp_path: Path) -> None:
    result = loaded(WHOLE_FILE, tmp_path, {"GATEPOST_STORE_PATH": "/srv/state.db"})
    assert result.config.store.path == Path("/srv/state.db")
    assert result.origins["store.path"] == "GATEPOST_STORE_PATH"


def test_every_value_says_where_it_came_from(tmp_path: Path) -> None:
    result = loaded(WHOLE_FILE, tmp_path, {"GATEPOST_LOG_LEVEL": "debug"})
    assert result.origins["relay.port"] == f"{tmp_path / 'c.yaml'}:6"
    assert result.origins["log.level"] == "GATEPOST_LOG_LEVEL"
    assert result.origins["log.format"] == "default"


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("GATEPOST_WORKERS", "4", lambda c: c.workers == 4),
        ("GATEPOST_SITE_ENABLED", "false", lambda c: c.site.enabled is False),
        ("GATEPOST_SMTP_HOSTNAME", "123", lambda c: c.smtp.hostname == "123"),
        ("GATEPOST_SMTP_TIMES_REPLY_SECONDS", "2.5", lambda c: c.smtp.times.reply_seconds == 2.5),
        ("GATEPOST_DELIVERY_RETRY_SECONDS", "[1, 2]", lambda c: c.delivery.retry_seconds == (1, 2)),
        (
            "GATEPOST_SMTP_LISTENERS",
            '[{address: "0.0.0.0:25"}]',
            lambda c: c.smtp.listeners[0].address == "0.0.0.0:25",
        ),
        ("GATEPOST_POLICY_MODES", "style: off", lambda c: c.policy.modes == {"style": "off"}),
        (
            "GATEPOST_DELIVERY_ON_RELAY_FAILURE",
            "defer",
            lambda c: c.delivery.on_relay_failure is OnRelayFailure.DEFER,
        ),
        ("GATEPOST_RELAY_HOST", "mail.example", lambda c: c.relay.host == "mail.example"),
        ("GATEPOST_WORKERS", "", lambda c: c.workers == 1),
    ],
)
def test_variables_are_read_by_the_type_of_their_key(name: str, text: str, read) -> None:  # type: ignore[no-untyped-def]  # a predicate
    assert read(load(None, {name: text}).config)


def test_the_relays_password_comes_from_the_environment(tmp_path: Path) -> None:
    result = loaded(WHOLE_FILE, tmp_path, {"GATEPOST_RELAY_PASSWORD": "12 34"})
    assert result.config.relay is not None
    assert result.config.relay.password is not None
    assert result.config.relay.password.get_secret_value() == "12 34"
    assert "12 34" not in repr(result)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {"GATEPOST_STOR_PATH": "x"},
            "GATEPOST_STOR_PATH: unknown variable; did you mean GATEPOST_STORE_PATH?",
        ),
        ({"GATEPOST_WORKERS": "x"}, "GATEPOST_WORKERS: workers: expected a whole number"),
        (
            {"GATEPOST_SMTP_TRUSTED_NETWORKS": "[1"},
            "GATEPOST_SMTP_TRUSTED_NETWORKS: smtp.trusted_networks: not YAML",
        ),
        ({"GATEPOST_RELAY_PORT": "25"}, "GATEPOST_RELAY_PORT: relay.host: is missing"),
        (
            {"GATEPOST_SMTP_LISTENERS": "[{tls: x}]"},
            "GATEPOST_SMTP_LISTENERS: smtp.listeners[0].tls: expected one of: none, starttls, implicit",
        ),
    ],
)
def test_a_faulty_variable_is_named(environ: dict[str, str], expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, environ)
    assert str(caught.value) == expected


def test_names_that_are_no_keys_are_let_alone() -> None:
    environ = {
        "GATEPOST_REQUIRE_ALL": "1",
        "GATEPOST_PORT": "tcp://10.0.0.1:2525",
        "GATEPOST_PORT_2525_TCP_ADDR": "10.0.0.1",
        "GATEPOST_SERVICE_HOST": "10.0.0.1",
        "OTHER": "x",
    }
    assert load(None, environ).config == Config()


def test_the_file_is_looked_for_in_order(tmp_path: Path) -> None:
    given, system = tmp_path / "given.yaml", tmp_path / "system.yaml"
    environ = {"GATEPOST_CONFIG": "/from/environ.yaml"}
    assert find(given, environ, system) == given
    assert find(None, environ, system) == Path("/from/environ.yaml")
    assert find(None, {}, system) is None
    system.write_text("")
    assert find(None, {}, system) == system


def test_a_credential_is_a_file_in_the_folder_that_the_service_manager_names(tmp_path: Path) -> None:
    text = "relay: {host: h, auth: own, username: u, password_file: credential:relay-password}"
    environ = {"CREDENTIALS_DIRECTORY": "/run/credentials/gatepost.service"}
    relay = loaded(text, tmp_path, environ).config.relay
    assert relay is not None
    assert relay.password_file == Path("/run/credentials/gatepost.service/relay-password")


def test_a_command_finds_the_originals_of_the_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "relay: {host: h, password_file: credential:relay-password}"
    monkeypatch.setattr("gatepost.config.loader.SECRETS", tmp_path / "none")
    relay = loaded(text, tmp_path).config.relay
    assert relay is not None
    assert relay.password_file == Path("credential:relay-password")
    monkeypatch.setattr("gatepost.config.loader.SECRETS", tmp_path)
    relay = loaded(text, tmp_path).config.relay
    assert relay is not None
    assert relay.password_file == tmp_path / "relay-password"


def test_a_credential_can_not_lead_elsewhere(tmp_path: Path) -> None:
    (fault,) = faults("relay: {host: h, password_file: credential:../x}", tmp_path)
    assert "expected credential:NAME" in fault


def test_the_service_needs_the_files_that_are_named(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("relay: {host: h, ca_file: none.pem}\npolicy: {rules_folder: none.d}\n")
    assert load(path, {}).config.relay is not None
    with pytest.raises(ConfigError) as caught:
        load(path, {}, serving=True)
    first, second = str(caught.value).splitlines()
    assert first == f"{path}:1:18: relay.ca_file: can't be read: none.pem: No such file or directory"
    assert second == f"{path}:2:10: policy.rules_folder: no such folder: none.d"


@pytest.mark.parametrize("key", ["policy: {rules_folder", "letters: {folder", "orders: {watch"])
def test_the_service_takes_folders_where_folders_are_meant(tmp_path: Path, key: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(f"{key}: {tmp_path}}}\n")
    load(path, {}, serving=True)
    path.write_text(f"{key}: {path}}}\n")
    with pytest.raises(ConfigError, match="no such folder"):
        load(path, {}, serving=True)


def test_the_values_survive_json(tmp_path: Path) -> None:
    config = loaded(WHOLE_FILE, tmp_path).config
    assert Config.model_validate_json(json.dumps(config.model_dump(mode="json"))) == config
