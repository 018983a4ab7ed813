"""Personal data taken out of texts; numbers that are nobody's stay."""

from __future__ import annotations

import pytest

from cjm_research.needs.redaction import redact
from cjm_research.schema.check_digits import is_card, is_chinese_id, is_inn, is_snils

# Made-up or published example numbers: Visa's test card, the SNILS and INN of the check rules'
# public descriptions, the identity number of GB 11643-1999's worked example.
PLANTED = [
    ("Пишите на ivan.petrov@mail.ru сегодня", "email", "ivan.petrov@mail.ru"),
    ("Звоните +7 (912) 345-67-89", "phone", "345-67-89"),
    ("мой номер 89123456789 перезвоните", "phone", "89123456789"),
    ("тел. 8-800-555-35-35", "phone", "555-35-35"),
    ("перезвоните 912 345-67-89", "phone", "345-67-89"),
    ("call me at +44 20 7946 0958", "phone", "7946"),
    ("送餐员电话13241080757态度差", "phone", "13241080757"),
    ("手机号138-1234-5678", "phone", "1234"),
    ("карта 4111 1111 1111 1111", "card", "1111"),
    ("карта 4276 1600 1234 5678 не прошла", "long_number", "4276"),
    ("снилс 112-233-445 95", "snils", "233"),
    ("мой 112-233-445 95", "snils", "233"),
    ("ИНН 7707083893 не принимает", "inn", "7707083893"),
    ("ввёл 500100732259", "inn", "500100732259"),
    ("паспорт 45 06 123456", "passport", "123456"),
    ("паспорт серия 4506 № 123456", "passport", "123456"),
    ("身份证11010519491231002X", "chinese_id", "1949"),
    # The IBAN of ISO 13616's registry, OGRN of a public registry extract, GB 32100-2015's example.
    ("IBAN DE89 3704 0044 0532 0130 00", "iban", "3704"),
    ("реквизиты: ОГРН 1027700132195", "company", "1027700132195"),
    ("ИП 304500116000157", "company", "304500116000157"),
    ("统一社会信用代码91350100M000100Y43", "company", "M000100"),
    ("身份证字號A123456789", "taiwanese_id", "A123456789"),
    ("my ssn is 078-05-1120", "social_number", "1120"),
    ("водительское удостоверение 77 00 123456", "licence", "123456"),
    ("港澳通行证 C12345678", "permit", "12345678"),
    ("вход с адреса 192.168.10.25", "address", "192.168"),
    ("Passport No. 123456789", "passport", "123456789"),
    ("ИНН организации 7707083893", "inn", "7707083893"),
    ("офис (495) 123-45-67", "phone", "123-45-67"),
    ("座机010-62345678", "phone", "62345678"),
    ("联系+86 138 1234 5678", "phone", "1234"),
    ("加我微信 abc_shop88", "messenger", "abc_shop88"),
    ("мой телеграм @ivan_petrov", "messenger", "ivan_petrov"),
    ("мой ник @ivan_petrov в Telegram", "messenger", "ivan_petrov"),
    ("пишите в тг @ivan_p", "messenger", "ivan_p"),
    ("https://t.me/ivanpetrov", "messenger", "ivanpetrov"),
    ("вк vk.com/ivan.petrov", "messenger", "petrov"),
    ("instagram @masha_k", "messenger", "masha"),
    ("ivan (at) mail.ru", "email", "ivan"),
    ("ivan собака mail точка ru", "email", "mail"),
    ("user[at]gmail.com", "email", "gmail"),
    ("ivan@почта.рф", "email", "почта"),
    ("用户@例子.公司", "email", "例子"),
    ("паспорт: серия 4510 № 123456 выдан", "passport", "123456"),
    ("паспорт серия 4510 номер 123456", "passport", "4510"),
    ("загранпаспорт 75 1234567", "passport", "1234567"),
    ("свидетельство о рождении II-МЮ 123456", "permit", "123456"),
    ("我的身份证是130503670401001", "chinese_id", "670401"),
    ("身份证 130503 670401 001", "chinese_id", "670401"),
    ("9123456789 мой номер", "phone", "9123456789"),
    ("495-123-45-67", "phone", "123-45"),
    ("(010) 6234 5678", "phone", "6234"),
    ("电话 021 6234 5678", "phone", "6234"),
    ("(415) 555-2671", "phone", "2671"),
    ("+375 29 123-45-67", "phone", "123-45"),
    ("счёт 40817810099910004312", "long_number", "0004312"),
    ("списали по CVV 123", "card", "123"),
    ("МИР 2202 2001 2345 6781", "long_number", "2345"),
    # Odd spellings: full width, dots, digit by digit, words glued on, traditional signs.
    ("8（912）345-67-89", "phone", "345"),
    ("номер 9123456789 для связи", "phone", "9123456789"),
    ("8 9 1 2 3 4 5 6 7 8 9", "phone", "9 1 2"),
    ("Ивану89123456789звоните", "phone", "8912"),
    ("138.1234.5678", "phone", "5678"),
    ("手機0912345678", "phone", "0912"),
    ("0912-345-678", "phone", "345"),
    ("電話02-2345-6789", "phone", "2345"),
    ("415.555.2671", "phone", "2671"),
    ("my number is 4155552671", "phone", "4155"),
    ("ivan@ mail.ru", "email", "ivan"),
    ("ivan собака яндекс ру", "email", "ivan"),
    ("john dot smith at gmail dot com", "email", "smith"),
    ("4111.1111.1111.1111", "card", "1111"),
    ("паспорт 45 06 123 456", "passport", "123 456"),
    ("мой паспорт, 4506-123456", "passport", "123456"),
    ("серия 45 06 № 123456", "passport", "123456"),
    ("護照號碼 G12345678", "passport", "1234567"),
    ("我的身分證是110105194912310021", "chinese_id", "1949"),
    ("110105-19491231-002X", "chinese_id", "1949"),
    ("加v：abc12345", "messenger", "abc12345"),
    ("qq号是12345678", "messenger", "12345678"),
    ("SSN: 078 05 1120", "social_number", "1120"),
]


@pytest.mark.parametrize(("text", "kind", "secret"), PLANTED)
def test_a_planted_identifier_is_taken_out(text, kind, secret):
    redacted = redact(text)
    assert kind in redacted.found
    assert secret not in redacted.text


@pytest.mark.parametrize(
    "text",
    [
        "Заказ 123456789 не пришёл 12.05.2026",
        "номер заказа 9123456789",
        "трек RA123456789RU",
        "快递单号SF1234567890123",
        "звонил 15.01.2026 в 10:30",
        "версия 2.10.3.1 и v2.10.3.1",
        "入住时间2008-05-11-2008-05-13",
        "@AmericanAir flight 1234 late, http://t.co/Mqq8812345",
        "штрихкод 4601234567893, артикул 4567890",
        "договор № 12345678901",
        "1 299 000 ₽ или 12 345 678,90 руб",
        "собака лает, точка сбора на ул. Мира",
        "Ждал с 10:00 до 18:30, заплатил 12 500 руб.",
        "Накладная 4500123456 от 2026-05-12",
        "Телефон держит заряд 2 дня",
        "купил за 1 299 990 рублей в 2025 году",
        "paid $1,299.99 on 05/12/2026 for 3 items",
        "等了1个小时30分钟，付了128.50元",
        "2024年12月31日下单，编号20241231",
        "рейс 1234-5678, мест 10 000 000",
        "версия 2.10.3 и сборка 1.2.3.4567",
        "штрихкод 4601234567893 не читается",
        "DE89 это цвет, а XTA2109 модель",
        "в 2 раза дороже, чем 100 200 300",
        "order 112-1234567-1234567",
        "订单号 1234567890123456789 还没到",
        "订单号：13812345678，衣服薄",
        "штрихкод 4600000000008 не читается",
        "с 12.05.2026-15.06.2026, сборка 20260512143025",
        "размеры 8 9 10 11 12 13",
        "счёт 3-2 в пользу, матч 2:1",
        "Цена 8 912 345 руб., а была 8 912 345,67",
        "телефон 128 гб за 25990 рублей",
        "код из смс 4567 не приходит",
        "微信支付12800元失败",
        "моя собака Рекс довольна, яндекс такси",
    ],
)
def test_a_number_that_is_nobodys_stays(text):
    assert redact(text) == (text, ())


def test_check_digits_tell_real_numbers():
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert is_snils("11223344595")
    assert not is_snils("11223344594")
    assert is_inn("7707083893")
    assert not is_inn("7707083892")
    assert is_inn("500100732259")
    assert is_chinese_id("11010519491231002X")
    assert not is_chinese_id("110105194912310021")


def test_several_identifiers_are_each_counted():
    redacted = redact("a@b.ru, c@d.com и +79123456789")
    assert redacted.found == ("email", "email", "phone")
    assert redacted.text == "[EMAIL], [EMAIL] и [PHONE]"
