"""How well labelled sentences are judged: recall and false alarms by language and label.

`known` are sentences that rules were written against, `apart` are those that nobody looked at while writing
them: only their figures mean something. A sentence is judged as the body of an answer to a buyer. Half of
the violating ones go round the word, half of the permitted ones share their words with violations.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from gatepost_policies import judge, load, read

FOLDER = Path(__file__).parents[1] / "tests" / "policies" / "sentences"
BUYER = "k3v9x2m7q4w8z1p@marketplace.amazon.com"
ORDER = "111-5590128-6647730"
OPENINGS = {
    "en": "Hello, here is our answer about order {}.",
    "de": "Guten Tag, hier unsere Antwort zu Bestellung {}.",
    "fr": "Bonjour, voici notre réponse au sujet de la commande {}.",
    "es": "Hola, esta es nuestra respuesta sobre el pedido {}.",
    "it": "Buongiorno, ecco la nostra risposta sull'ordine {}.",
    "nl": "Goedendag, hier ons antwoord over bestelling {}.",
    "pl": "Dzień dobry, oto nasza odpowiedź w sprawie zamówienia {}.",
    "pt": "Olá, segue a nossa resposta sobre o pedido {}.",
    "sv": "Hej, här är vårt svar om beställning {}.",
    "tr": "Merhaba, {} numaralı siparişinizle ilgili cevabımız aşağıdadır.",
    "ja": "ご注文 {} についてのご回答です。",
}
CATEGORIES = {
    "positive": "review-positive-only",
    "gating": "review-gating",
    "change": "review-change",
    "incentive": "review-incentive",
    "influence": "review-influence",
    "marketing": "marketing",
    "cross": "cross-promotion",
    "payment": "off-amazon-payment",
}
OF_WHOLE_MAILS = frozenset({"off-purpose", "missing-order-id", "missing-content", "style", "contact-details"})
LEFT_OUT = frozenset({"contact", "offpurpose"})  # what one sentence can't show


def sentences(language: str) -> Iterator[tuple[str, frozenset[str], str]]:
    """Part, labels and text of each sentence in a language."""
    for line in (FOLDER / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        yield one["part"], frozenset(one["labels"]), one["text"]


def found(text: str, language: str) -> frozenset[str]:
    """The categories that a mail of this one sentence is stopped for."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "s@shop.example", BUYER, f"Re: {ORDER}"
    mail["In-Reply-To"] = "<a@b.example>"
    mail.set_content(f"{OPENINGS[language].format(ORDER)}\n\n{text}\n")
    verdict = judge(read(mail.as_bytes(policy=SMTP)), load("amazon-2018-10"), recipients=(BUYER,))
    return frozenset(finding.category for finding in verdict.findings if finding.acts) - OF_WHOLE_MAILS


def main(languages: list[str]) -> None:
    """Print the figures of these languages."""
    print("language  part    violations found        permitted stopped")
    for language in languages or list(OPENINGS):
        counts: Counter[tuple[str, str]] = Counter()
        for part, labels, text in sentences(language):
            forbidden = labels & CATEGORIES.keys()
            if not forbidden and labels & LEFT_OUT:
                continue
            kind = "bad" if forbidden else "good"
            counts[part, kind] += 1
            counts[part, f"{kind} stopped"] += bool(found(text, language))
        for part in ("known", "apart"):
            bad, good = counts[part, "bad"], counts[part, "good"]
            hit, alarms = counts[part, "bad stopped"], counts[part, "good stopped"]
            right = f"{hit:5} of {bad:4} {hit / bad:7.1%}"
            print(f"{language:9} {part:6} {right}   {alarms:5} of {good:4} {alarms / good:7.1%}")


if __name__ == "__main__":
    main(sys.argv[1:])
