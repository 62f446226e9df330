"""A small understanding of language for this field: sentences, their language, and what they speak of."""

from gatepost_policies.language.lexicon import Phrases, known_languages
from gatepost_policies.language.scene import Hit, Scene, Sentence, observe

__all__ = ["Hit", "Phrases", "Scene", "Sentence", "known_languages", "observe"]
