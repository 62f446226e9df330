"""The hashed requirements are whole by themselves: installed without dependencies, they lack nothing."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def project(file: str) -> list[str]:
    """What the project itself asks of one of its hashed files."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked: list[str] = list(told["project"]["dependencies"])
    if file == "dev.txt":
        asked += told["project"]["optional-dependencies"]["postgres"] + told["dependency-groups"]["dev"]
    return asked


def pinned(file: str) -> dict[str, str]:
    """Package → version, of the lines that apply to this machine."""
    lines = re.findall(r"^[A-Za-z0-9][^\\\n]*", (ROOT / "requirements" / file).read_text(), re.MULTILINE)
    found = [Requirement(line.strip()) for line in lines]
    return {
        canonicalize_name(each.name): next(iter(each.specifier)).version
        for each in found
        if each.marker is None or each.marker.evaluate()
    }


def lacking(asked: list[str], versions: dict[str, str]) -> list[str]:
    """What is asked for, directly or by another package, and not among `versions`."""
    missing: list[str] = []
    waiting = [Requirement(each) for each in asked]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        version = versions.get(name)
        if version is None or not wanted.specifier.contains(version, prereleases=True):
            missing.append(f"{wanted} (pinned: {version})")
            continue
        for extra in ("", *wanted.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            try:
                further = [Requirement(each) for each in requires(name) or ()]
            except PackageNotFoundError:  # the tests run beside the core requirements alone
                further = []
            waiting += [
                each for each in further if each.marker is None or each.marker.evaluate({"extra": extra})
            ]
    return missing


@pytest.mark.parametrize("file", ["core.txt", "dev.txt"])
def test_every_package_that_is_asked_for_is_pinned(file: str) -> None:
    assert not lacking(project(file), pinned(file))


def test_a_package_that_only_an_extra_needs_is_missed() -> None:
    versions = pinned("dev.txt")
    del versions["psycopg-binary"]
    assert any("psycopg-binary" in each for each in lacking(project("dev.txt"), versions))


@pytest.mark.parametrize("file", ["Makefile", "docs/install.md"])
def test_what_is_installed_by_hash_is_installed_without_looking_further(file: str) -> None:
    """For `coverage[toml]`, asked for by a package, pip may take a release of today that has no hash here."""
    lines = [line for line in (ROOT / file).read_text().splitlines() if "--require-hashes" in line]
    assert lines
    assert all("--no-deps --require-hashes" in line for line in lines)
