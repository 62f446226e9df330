"""Judging as the pipeline sees it: a usual mail inline, a heavy one in a process of its own with a deadline."""

from gatepost.worker.judging import Judging
from gatepost.worker.rulebooks import Rulebooks

__all__ = ["Judging", "Rulebooks"]
