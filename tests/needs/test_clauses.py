"""What words do to each other in a Russian sentence; sentences invented for each rule."""

from __future__ import annotations

import pytest

from cjm_research.needs.sentiment import sentence_tones

GOOD = {
    "what is not there": "С доставкой проблем не возникло",
    "not there, at the end": "Претензий нет",
    "not only": "Менеджер не только вежливый, но и быстрый",
    "a denied bad word ends the denial": "Не забыли положить приятный подарок",
    "a concession": "Несмотря на плохую погоду, привезли вовремя и аккуратно",
    "a neutral phrase": "Добрый день, подскажите, все ли понравилось? Мне понравилось",
}
BAD = {
    "a manner beside a bad word": "Быстро сломался",
    "emphasis does not use the reach up": "Магазин не один из самых удобных",
    "a thing that is not there": "В банкомате нет купюр",
    "not there, at the end of a clause": "Интернета нет",
    "a smile beside bad words": "Опять не работает, ужасно :)",
    "a wish for better": "Лучше разберитесь, почему курьер опоздал",
}


@pytest.mark.parametrize("sentence", GOOD.values(), ids=GOOD)
def test_it_reads_as_praise(sentence):
    assert sentence_tones([sentence], "ru")[0] > 0


@pytest.mark.parametrize("sentence", BAD.values(), ids=BAD)
def test_it_reads_as_a_complaint(sentence):
    assert sentence_tones([sentence], "ru")[0] < 0


@pytest.mark.parametrize("sentence", ["Добрый день", "Нет", "Заказ на вторник", "Ждём вас"])
def test_it_says_nothing_of_good_or_bad(sentence):
    assert sentence_tones([sentence], "ru")[0] == 0
