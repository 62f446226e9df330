"""What is shipped, and what is not: the wheel's contents, the committed files, the size of modules."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_MODULE = 400
REGISTRIES = re.compile(
    rb"(?:pypi\.org|pythonhosted\.org|registry\.npmjs|proxy\.golang\.org|(?<!emit-)index-url|find-links)",
    re.IGNORECASE,
)
MACHINES = re.compile(rb"(?<![\w.])/(?:work|root|home/[a-z]+|Users/\w+)/")
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    ".service",
    ".socket",
    ".html",
    ".css",
    ".js",
    ".sql",
    "",
}

WITHOUT_A_TEST_FILE: dict[str, str] = {
    "gatepost/model.py": "frozen values without a line of behaviour",
    "gatepost/orderdata.py": "frozen values; the tests of feeds and store read and write every one",
    "gatepost/ports.py": "Protocols; every fake and every part is held to them by mypy",
    "gatepost/errors.py": "exception classes; each is raised in the tests of its raiser",
    "gatepost/__main__.py": "two lines, run by tests/proxy/test_cli.py",
    "gatepost/cli/checkups/found.py": "values; every check-up's test reads them",
    "gatepost/daemon/*.py": "the composition root: tests/system runs it as a process",
    "gatepost/states.py": "two tables; test_states_page.py compares them with docs/states.md",
    "gatepost/directory.py": "values and Protocols; the store's tests and mypy hold both sides to them",
    "gatepost/admin/pages/signon.py": "its way leads through a provider: test_oidc.py",
    "gatepost/admin/office.py": "a Protocol; mypy holds the daemon's office to it",
    "gatepost/admin/books.py": "a Protocol and values; mypy holds the daemon's books to it",
    "gatepost/admin/uploads.py": "files on their way in, sent by test_trade.py and test_orders.py",
    "gatepost/admin/api/trade_table.py": "a part of the table that test_table.py calls",
    "gatepost/admin/page.py": "one value; every test of a route uses it",
    "gatepost/admin/staff.py": "one value; mypy holds the daemon and the tests' site to it",
    "gatepost/admin/api/*shapes.py": "shapes; test_document.py holds every answer of the API to them",
    "gatepost/admin/api/operation.py": "how requests are read; test_table.py sends good and bad ones",
    "gatepost/notices/ports.py": "Protocols and two values; mypy holds the outbox to them",
    "gatepost/admin/ports.py": "Protocols; mypy holds the archive and the fakes to them",
    "gatepost/admin/reviewing.py": "Protocols; mypy holds the store's parts to them",
    "gatepost/inbound/ports.py": "Protocols; mypy holds the store and the fakes to them",
    "gatepost/inbound/process.py": "what test_looking.py runs in a process",
    "gatepost/vision/*.py": "parts of one look, tested through it in tests/proxy/vision/test_looking.py",
    "gatepost/worker/*.py": "parts of one port, tested through it in tests/proxy/worker/test_judging.py",
    "gatepost/store/engine.py": "Protocols and an enum; test_sqlite.py tests the engine behind them",
    "gatepost/store/claims.py": "steps of transactions; test_ledger.py and test_journal.py run them",
    "gatepost/store/moves.py": "steps of transactions; test_journal.py and test_quarantine.py run them",
    "gatepost_policies/html/page.py": "joins its siblings; test_visible.py and test_carried.py read pages",
    "gatepost_policies/checks/*.py": "each is run by the examples of every rule that names it",
    "gatepost_policies/model.py": "frozen values; their few properties are used by every test of judging",
    "gatepost_policies/errors.py": "one exception class, raised in the loaders' tests",
}
"""Modules (as patterns) that need no test file of their own, and why."""


def committed() -> list[Path]:
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, check=False, timeout=60)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def modules() -> Iterator[Path]:
    for root in ("proxy/gatepost", "policies/gatepost_policies"):
        yield from sorted((ROOT / root).rglob("*.py"))


def test_no_committed_file_names_a_registry() -> None:
    own = Path(__file__)
    text = [path for path in committed() if path.suffix in TEXT and path != own]
    assert [str(path) for path in text if REGISTRIES.search(path.read_bytes())] == []


def test_no_committed_file_names_a_path_of_someones_machine() -> None:
    own = Path(__file__)
    text = [path for path in committed() if path.suffix in TEXT and path != own]
    assert [str(path) for path in text if MACHINES.search(path.read_bytes())] == []


def test_every_requirement_has_its_hashes() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        pinned = re.findall(r"^[a-z0-9][^ ;\\]*==", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert pinned
        blocks = re.split(r"\n(?=[a-z0-9])", path.read_text(encoding="utf-8"))
        assert [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def test_no_module_is_too_long_to_read() -> None:
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def name_of(module: Path) -> str:
    """`gatepost/store/db.py`: the path below the source root."""
    return str(Path(*module.relative_to(ROOT).parts[1:]))


def is_exempt(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in WITHOUT_A_TEST_FILE)


def has_a_test(name: str) -> bool:
    """A module's test file mirrors it; a small package may be tested whole, in one file of its name."""
    package, *folders, file = Path(name).parts
    tests = ROOT / "tests" / ("proxy" if package == "gatepost" else "policies")
    candidates = [tests.joinpath(*folders, f"test_{file.lstrip('_')}")]
    if folders:
        candidates.append(tests.joinpath(*folders[:-1], f"test_{folders[-1]}.py"))
    return any(candidate.exists() for candidate in candidates)


def test_every_module_has_its_test_file() -> None:
    names = [name_of(module) for module in modules() if module.name != "__init__.py"]
    assert [name for name in names if not has_a_test(name) and not is_exempt(name)] == []


def test_no_exemption_is_left_over() -> None:
    names = [name_of(module) for module in modules()]
    stale = [pattern for pattern in WITHOUT_A_TEST_FILE if not any(fnmatch(name, pattern) for name in names)]
    assert stale == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    program = (
        "import sys; from hatchling.builders.wheel import WheelBuilder; "
        "print(*WheelBuilder(sys.argv[1]).build(directory=sys.argv[2], versions=['standard']))"
    )
    command = [sys.executable, "-c", program, str(ROOT), str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_two_packages_and_nothing_beside_them(wheel: zipfile.ZipFile) -> None:
    top = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in top if not name.endswith((".dist-info", ".data"))} == {
        "gatepost",
        "gatepost_policies",
    }


def test_the_wheel_holds_all_data(wheel: zipfile.ZipFile) -> None:
    held = set(wheel.namelist())
    wanted = {
        str(path.relative_to(ROOT / root))
        for root in ("proxy", "policies")
        for path in (ROOT / root).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.parent != ROOT / root
    }
    assert wanted - held == set()
    assert {"share/gatepost/gatepost.yaml", "share/gatepost/gatepost.service"} <= {
        name.partition("/data/")[2] for name in held
    }
