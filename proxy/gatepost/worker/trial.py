"""New rules on trial: judged by their own examples, in a process of its own, before they are put in force."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence

from gatepost.config.schema import Policy
from gatepost.errors import ConfigError
from gatepost.worker.rulebooks import Rulebooks
from gatepost_policies import selftest
from gatepost_policies.model import Mode

TOLD = 5
"""Examples that are named when a trial fails."""


async def tried(new: Policy, old: Policy, *, seconds: float) -> None:
    """Raise ConfigError when an example that holds under `old` does not under `new`, or it takes too long.

    The examples of a rule that `new` switches off are not asked for.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from gatepost.worker.trial import main; main()",
        new.model_dump_json(),
        old.model_dump_json(),
        stdout=asyncio.subprocess.PIPE,
        env={"LC_ALL": "C.UTF-8"},  # none of the parent's secrets
    )
    try:
        async with asyncio.timeout(seconds):
            out, _ = await process.communicate()
    except TimeoutError:
        raise ConfigError(f"the rules could not be tried on their examples within {seconds:g} s") from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise ConfigError("the rules could not be tried on their examples")
    if failed := json.loads(out):
        more = f"; and {len(failed) - TOLD} more" if len(failed) > TOLD else ""
        raise ConfigError(f"the rules would fail their own examples: {'; '.join(failed[:TOLD])}{more}")


def main() -> None:
    """Try the two policies of the command line; print the new failures as JSON."""
    new, old = (Policy.model_validate_json(text) for text in sys.argv[1:3])
    failed = failures(new)
    if failed:
        before = set(failures(old))
        failed = [each for each in failed if each not in before]
    sys.stdout.write(json.dumps(failed))


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
