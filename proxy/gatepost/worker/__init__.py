"""Judging as the pipeline sees it: usual mail inline, heavy mail in a process of its own."""

from gatepost.worker.beside import Sources
from gatepost.worker.judging import Judging
from gatepost.worker.patient import PatientJudge
from gatepost.worker.rulebooks import Rulebooks, make_words_ready

__all__ = ["Judging", "PatientJudge", "Rulebooks", "Sources", "make_words_ready"]
