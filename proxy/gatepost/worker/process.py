"""What runs in the child process: judge what comes on stdin until it closes."""

from __future__ import annotations

import resource
import sys

from gatepost.childprocess import serve
from gatepost.config.schema import Policy
from gatepost.heap import keep_freed
from gatepost.privacy import keep_to_itself
from gatepost.worker.beside import named_in
from gatepost.worker.child import Examined, Task
from gatepost.worker.judging import judgement_of
from gatepost.worker.rulebooks import Rulebooks
from gatepost_policies.facts import read, unseen

MEMORY_BYTES = 2 * 1024**3
"""Address space of the child; beyond it the mail it works on is held."""


def main() -> None:
    """Serve the parent: a task in, what came of it or the name of what failed out."""
    keep_to_itself()
    keep_freed()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    rulebooks = Rulebooks(Policy.model_validate_json(sys.argv[1]))
    rulebooks.warm()
    serve(lambda task: _judge(rulebooks, task))


def _judge(rulebooks: Rulebooks, task: Task) -> Examined | str:
    try:
        reading = read(task.raw)
        rulebook = rulebooks.select(task.account, task.to)
        judgement = judgement_of(
            reading, rulebook, recipients=task.recipients, to=task.to, beside=task.beside
        )
        files = () if task.beside.words else unseen(reading.mail)
        return Examined(judgement, files, named_in(reading.mail))
    except Exception as error:  # told to the parent, which holds the mail
        return type(error).__name__
