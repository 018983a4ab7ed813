"""Sentences that may stand on a page: they give nobody away, and rather are not coarse."""

from __future__ import annotations

import re

_REVEALING = re.compile(
    r"\[[A-Z_]{3,}\]|\d{5,}"
    # A code of letters and digits; Han signs are words, 等了2个小时 is none.
    r"|(?<![0-9A-Za-zА-яё_])(?=[A-Za-zА-яё_]*\d)(?=\d*[A-Za-zА-яё_])[0-9A-Za-zА-яё_]{6,}"
    r"|(?<![.!?…\s])\s[А-ЯЁA-Z][а-яёa-z]+\s[А-ЯЁA-Z][а-яёa-z]+"
    r"|https?://|@\w"
)
_COARSE = re.compile(
    r"(?<![а-яё])(?:[а-яё]{0,3}п[ие*]зд|[а-яё]{0,3}ху[йеёяи*](?!дож)|бля(?![шх])"
    r"|(?:[а-яё]{0,3}[её]б|[а-яё]{1,3}ъ[её]б)(?:а[лнт]|уч|ну[тл])|муда?к|сук[аиу](?![а-яё])"
    r"|г[ао]вн|жоп|дерьм)"
    r"|(?<![a-z])(?:\w*f[u*#@]+c?k|s[h*]it|bullshit|bitch|assh|cunt|bastard|wtf|crap)"
    r"|[操草肏]你|你妈|他妈|特么|妈的|傻[逼比Bb叉]|[煞沙]笔|去死|尼玛|滚蛋|狗屎|王八",
    re.IGNORECASE,
)


def reveals(text: str) -> bool:
    """Tell whether a sentence may give its customer away: a name, a code, what was redacted.

    Examples
    --------
    >>> reveals("Заказ 7781234 не пришёл"), reveals("Заказ не пришёл")
    (True, False)
    """
    return bool(_REVEALING.search(text))


def is_coarse(text: str) -> bool:
    """Tell whether a sentence has a word that nobody would read aloud to a board.

    Examples
    --------
    >>> is_coarse("What the f**k"), is_coarse("Shitty service"), is_coarse("Застраховали груз")
    (True, True, False)
    """
    return bool(_COARSE.search(text))
