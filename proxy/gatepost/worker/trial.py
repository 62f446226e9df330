"""New rules on trial: judged by their own examples, in a process of its own, before they are put in force."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from gatepost.childprocess import ChildProcess, serve
from gatepost.config.schema import Policy
from gatepost.errors import ChildError, ConfigError
from gatepost.worker.rulebooks import Rulebooks
from gatepost_policies import selftest
from gatepost_policies.model import Mode

TOLD = 5
"""Examples that are named when a trial fails."""


async def tried(new: Policy, old: Policy, *, seconds: float) -> None:
    """Raise ConfigError when an example that holds under `old` does not under `new`, or it takes too long.

    The examples of a rule that `new` switches off are not asked for.
    """
    child = ChildProcess("from gatepost.worker.trial import main; main()")
    try:
        async with asyncio.timeout(seconds):
            failed = await child.ask((new.model_dump_json(), old.model_dump_json()))
    except TimeoutError:
        raise ConfigError(f"the rules could not be tried on their examples within {seconds:g} s") from None
    except ChildError as error:
        raise ConfigError("the rules could not be tried on their examples") from error
    finally:
        await child.close()
    if isinstance(failed, list) and failed:
        more = f"; and {len(failed) - TOLD} more" if len(failed) > TOLD else ""
        raise ConfigError(f"the rules would fail their own examples: {'; '.join(failed[:TOLD])}{more}")


def main() -> None:
    """In the child: answer two policies, as JSON, with the examples that fail only under the first."""
    serve(_new_failures)


def _new_failures(policies: tuple[str, str]) -> list[str]:
    new, old = (Policy.model_validate_json(text) for text in policies)
    failed = failures(new)
    before = set(failures(old)) if failed else set()
    return [each for each in failed if each not in before]


def failures(policy: Policy) -> Sequence[str]:
    """The examples that do not hold under a policy, in words; each edition that it names is tried."""
    books = Rulebooks(policy)
    found = []
    for name, book in books.all().items():
        off = {rule.id for rule in book.rules if rule.mode is Mode.OFF}
        found += [
            f"{name}: {result.rule} ({result.language}): {result.say[:80]}"
            for result in selftest.run(book)
            if not result.passed and result.rule not in off
        ]
    return found
