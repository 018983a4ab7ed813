"""Encodings are found by mark, by strict UTF-8, then by the evidence of the bytes."""

from __future__ import annotations

import codecs

import pytest

from cjm_research.cleaning.reading.encoding import decode
from cjm_research.errors import SourceError

RUSSIAN = (
    "ФИО;Город;Комментарий\nКлючева Ольга;Казань;Очень долго везли заказ, но курьер вежливый\n"
    "Петров Иван;Нижний Новгород;Не пришло письмо с номером\n"
)
CHINESE = "客户;城市;评价\n王小明;上海;送餐很快，味道也不错\n李四;广州;等了两个小时，饭都凉了\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866", "mac-cyrillic"]
)
def test_russian_comes_back_whole(encoding):
    assert decode(RUSSIAN.encode(encoding)).data.decode() == RUSSIAN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "gbk"])
def test_chinese_comes_back_whole(encoding):
    assert decode(CHINESE.encode(encoding)).data.decode() == CHINESE


def test_traditional_chinese_in_big5_comes_back_whole():
    text = "客戶;城市;備註\n陳大文;臺北;服務態度很好，下次再來\n林小姐;高雄;物流太慢，包裝破損\n"
    assert decode(text.encode("big5")).data.decode() == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_found(encoding):
    text = "name;sum\nAnna;1\nBoris;2\n"
    assert decode(text.encode(encoding)).data.decode() == text


def test_one_foreign_line_is_repaired_and_named():
    lines = [line.encode() for line in RUSSIAN.splitlines() * 10]
    lines[4] = "Петров Иван;Пермь;не дозвонился".encode("cp1251")
    found = decode(b"\n".join(lines))
    assert found.encoding == "utf-8"
    assert found.repaired == (5,)
    assert found.data.decode().splitlines()[4] == "Петров Иван;Пермь;не дозвонился"


def test_a_given_encoding_is_obeyed():
    assert decode("é".encode("cp1252"), encoding="cp1252").data.decode() == "é"


def test_a_given_encoding_that_does_not_fit_is_refused():
    with pytest.raises(SourceError, match=r"File 'a.csv' is not in encoding 'utf-16'"):
        decode(codecs.BOM_UTF16_LE + b"a\x00\x00\xd8", encoding="utf-16", name="a.csv")


def test_an_unknown_encoding_is_refused():
    with pytest.raises(SourceError, match="encoding 'windows-russian' is not known"):
        decode(b"a", encoding="windows-russian", name="a.csv")


def test_little_evidence_has_little_confidence():
    assert decode("naïve;1\n".encode("cp1252")).confidence < 0.25
