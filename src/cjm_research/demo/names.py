"""Made-up names, addresses and numbers of people; none belongs to anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SURNAMES = (
    "Заречн", "Лугов", "Берёзкин", "Тихов", "Ясенев", "Рябинов", "Полянск", "Ветров", "Кленов",
    "Снегин", "Ольхов", "Дубравин", "Каменск", "Озеров", "Рощин", "Вишнёв", "Медов", "Липин",
    "Журавин", "Сосновск", "Ключев", "Мельничн", "Ручьёв", "Осинин", "Калинкин", "Туманов",
    "Зорин", "Росин", "Пригорск", "Яблонев",
)  # fmt: skip
FIRST_NAMES = {
    "female": ("Анна", "Мария", "Елена", "Ольга", "Ирина", "Наталья", "Светлана", "Дарья",
               "Полина", "Вера", "Татьяна", "Юлия", "Алиса", "Софья", "Лидия", "Нина"),
    "male": ("Иван", "Пётр", "Алексей", "Дмитрий", "Сергей", "Андрей", "Михаил", "Николай",
             "Павел", "Егор", "Антон", "Кирилл", "Роман", "Олег", "Юрий", "Борис"),
}  # fmt: skip
FATHERS = ("Иван", "Петров", "Сергеев", "Андреев", "Михайлов", "Павлов", "Олегов", "Романов",
           "Борисов", "Антонов", "Егоров", "Николаев")  # fmt: skip
_ENDINGS = {"female": ("ая", "а", "на"), "male": ("ий", "", "ич")}
_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "sch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip


def latin(text: str) -> str:
    """Write a Russian word in Latin letters.

    Examples
    --------
    >>> latin("Журавин")
    'zhuravin'
    """
    return "".join(_LATIN.get(c, c) for c in text.lower())


def people(rng: np.random.Generator, gender: NDArray[np.object_]) -> list[tuple[str, str, str]]:
    """Make up surname, first name and patronymic for each person."""
    n = len(gender)
    picks = zip(
        gender, rng.integers(0, len(SURNAMES), n), rng.integers(0, 16, n),
        rng.integers(0, len(FATHERS), n), strict=True,
    )  # fmt: skip
    return [_person(str(g), *numbers) for g, *numbers in picks]


def _person(gender: str, surname: int, first: int, father: int) -> tuple[str, str, str]:
    soft, plain, after = _ENDINGS[gender]
    stem = SURNAMES[surname]
    ending = plain if stem.endswith(("в", "ин")) else ("ый" if gender == "male" else soft)
    if stem.endswith("ск") and gender == "male":
        ending = soft
    middle = FATHERS[father]
    tail = {"female": "овна", "male": "ович"}[gender] if middle == "Иван" else after
    return stem + ending, FIRST_NAMES[gender][first], middle + tail


def phones(rng: np.random.Generator, n: int, *, blank: float = 0.0) -> list[str]:
    """Write telephone numbers of a range that nobody has, in the ways that people write them.

    All are `+7 900 00x-xx-xx`; each number occurs once.
    """
    ways = ("+7 (900) 00{a}-{b}-{c}", "8 900 00{a} {b} {c}", "+790000{a}{b}{c}",
            "8(900)00{a}-{b}{c}")  # fmt: skip
    numbers = rng.permutation(100_000)[:n]
    way, hidden = rng.integers(0, len(ways), n), rng.random(n) < blank
    return [
        "" if h else ways[w].format(a=x // 10_000, b=f"{x // 100 % 100:02d}", c=f"{x % 100:02d}")
        for x, w, h in zip(numbers, way, hidden, strict=True)
    ]
