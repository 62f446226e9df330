"""The seller's own letters in `letters.folder`: each file can be used, and passes the rules in force."""

from __future__ import annotations

from collections.abc import Iterator

from gatepost.cli.checkups.found import Finding, ok, problem
from gatepost.config import Config
from gatepost.daemon.lettering import require_passing, tried
from gatepost.errors import ConfigError
from gatepost.letters import LANGUAGES
from gatepost.worker import Rulebooks


def letters(config: Config) -> list[Finding]:
    """Try every letter of every file with an invented order, as the site does before it keeps one."""
    return list(_found(config))


def _found(config: Config) -> Iterator[Finding]:
    folder = config.letters.folder
    files = [folder / f"{language}.yaml" for language in LANGUAGES] if folder else []
    own = [file for file in files if file.is_file()]
    if not own:
        return
    books = Rulebooks(config.policy)
    for file in own:
        try:
            words = file.read_text(encoding="utf-8")
            require_passing(tried(file.stem, words, books, seller=config.letters.seller))
        except (ConfigError, OSError, UnicodeError) as error:
            yield problem(
                f"letters {file}", str(error), "change the words; letters that break a rule are not sent"
            )
        else:
            yield ok(f"letters {file}", "pass")
