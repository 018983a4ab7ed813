"""People with doubles, slips, and families that share a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

LAST = (
    "Иванов", "Смирнов", "Кузнецов", "Попов", "Соколов", "Лебедев", "Козлов", "Новиков", "Морозов",
    "Петров", "Волков", "Соловьёв", "Васильев", "Зайцев", "Павлов", "Семёнов", "Голубев",
    "Виноградов", "Богданов", "Воробьёв", "Фёдоров", "Михайлов", "Беляев", "Тарасов", "Белов",
    "Комаров", "Орлов", "Киселёв", "Макаров", "Андреев", "Ковалёв", "Ильин", "Гусев", "Титов",
)  # fmt: skip
FIRST = (
    "Александр", "Дмитрий", "Максим", "Сергей", "Андрей", "Алексей", "Артём", "Илья", "Кирилл",
    "Михаил", "Никита", "Матвей", "Роман", "Егор", "Арсений", "Иван", "Денис", "Евгений", "Даниил",
    "Тимофей", "Владислав", "Игорь", "Владимир", "Павел", "Руслан", "Марк",
)  # fmt: skip
FATHERS = ("Иванович", "Петрович", "Олегович", "Сергеевич", "Ильич", "Андреевич", "Юрьевич")
CITIES = ("Москва", "Казань", "Уфа", "Тверь", "Омск", "Пермь", "Самара", "Сочи")
FIELDS = ("name", "phone", "email", "birth_date", "city")


def make(folder: Path, size: int) -> None:
    """Write `people.parquet`: a quarter of the people stand there two or three times.

    A double may lack the phone or the address, have another one, a slip in the name, letters of
    the other alphabet, another order of words. One person in 25 shares the telephone with a
    relative of the same family name.
    """
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(20261122)
    rows: list[tuple[Any, ...]] = []
    person = 0
    while len(rows) < size:
        made = _person(rng)
        n_doubles = 0 if rng.random() < 0.75 else int(rng.integers(1, 3))
        rows += [(person, *made), *((person, *_again(rng, made)) for _ in range(n_doubles))]
        person += 1
        if made[1] and rng.random() < 0.04:
            other = _person(rng)
            family = f"{made[0].split()[0]} {' '.join(other[0].split()[1:])}"
            rows.append((person, family, made[1], None, other[3], made[4]))
            person += 1
    table = pd.DataFrame(rows[:size], columns=["person", *FIELDS])
    table["birth_date"] = pd.to_datetime(table["birth_date"]).astype("datetime64[us]")
    table.insert(0, "customer_id", [f"C{i:07d}" for i in range(size)])
    table.to_parquet(folder / "people.parquet", index=False)


def _person(rng: Any) -> tuple[Any, ...]:
    name = " ".join(words[rng.integers(len(words))] for words in (LAST, FIRST, FATHERS))
    phone = None if rng.random() < 0.15 else f"+79{rng.integers(10**8, 10**9)}"
    email = None if rng.random() < 0.35 else f"u{rng.integers(10**9)}@mail.ru"
    day = f"{rng.integers(1950, 2006)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
    return (name, phone, email, day, CITIES[rng.integers(len(CITIES))])


def _again(rng: Any, made: tuple[Any, ...]) -> tuple[Any, ...]:
    name, phone, email, day, city = made
    if rng.random() < 0.15:
        i = int(rng.integers(len(name)))
        name = name[:i] + "аеиоурнтс"[rng.integers(9)] + name[i + 1 :]
    if rng.random() < 0.1:
        name = name.replace("а", "a").replace("о", "o")  # Latin letters that look alike
    if rng.random() < 0.3:
        name = " ".join(name.split()[::-1]).upper()
    if rng.random() < 0.3:
        phone = None if rng.random() < 0.6 else f"+79{rng.integers(10**8, 10**9)}"
    if rng.random() < 0.3:
        email = None if rng.random() < 0.6 else f"u{rng.integers(10**9)}@mail.ru"
    return (name, phone, email, day if rng.random() < 0.6 else None, city)


CONTEST = Contest(
    name="identity.people",
    task="Which of the records are one person; three quarters of the people stand there once.",
    size=200_000,
    of="records",
    make=make,
    promises=(Promise(at_most=2.0, of="wall", against=("splink",)),),
    repeat=1,
    shown=("f1", "precision"),
)


def _load(folder: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(folder / "people.parquet")


def _score(group: Any, truth: Any) -> Answer:
    """Return F1 and precision over pairs."""
    import pandas as pd

    def pairs(*columns: Any) -> int:
        sizes = pd.DataFrame(dict(enumerate(columns))).value_counts().to_numpy()
        return int((sizes * (sizes - 1) // 2).sum())

    found, true, both = pairs(group), pairs(truth), pairs(group, truth)
    return {"f1": 2 * both / (found + true), "precision": both / max(found, 1)}


@CONTEST.tool("splink", load=_load, needs=("splink", "pandas"), role="floor",
              note="names as they stand in the file, blocks and comparisons by hand")  # fmt: skip
def splink_alone(people: Any) -> Answer:
    """Train and cluster as the tutorial of splink does."""
    import logging

    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    table = people[list(FIELDS)].assign(unique_id=range(len(people)))
    table["birth_date"] = table["birth_date"].dt.strftime("%Y%m%d")
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("phone"), block_on("email"), block_on("birth_date"), block_on("name", "city"),
        ],
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.92, 0.8]).configure(
                term_frequency_adjustments=True
            ),
            cl.DamerauLevenshteinAtThresholds("phone", [1]),
            cl.JaroWinklerAtThresholds("email", [0.92, 0.8]),
            cl.DamerauLevenshteinAtThresholds("birth_date", [1, 2]),
            cl.JaroWinklerAtThresholds("city", [0.92, 0.8]).configure(
                term_frequency_adjustments=True
            ),
        ],
    )  # fmt: skip
    api = DuckDBAPI()
    linker = Linker(api.register(table), settings)
    logging.getLogger("splink").setLevel(logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("phone", "name"), block_on("email", "name")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for key in ("phone", "email"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(key))
    predicted = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, 0.95)
    found = clusters.as_pandas_dataframe().sort_values("unique_id")["cluster_id"].to_numpy()
    return _score(found, people["person"].to_numpy())


@CONTEST.tool("ours", load=_load, needs=("cjm_research", "splink"), role="ours",
              note="names in one form, keys, splink, vetoes, chains, one row for each")  # fmt: skip
def ours(people: Any) -> Answer:
    """Resolve as the cleaning of a study does."""
    import pandas as pd

    from cjm_research.cleaning.identity.resolve import resolve
    from cjm_research.study.identity import Identity

    lines = pd.array(range(len(people)), dtype="Int64")
    customers = people.drop(columns="person").assign(source_file="p.csv", source_line=lines)
    found = resolve(customers, Identity(match="all"), region="RU")
    ids = people["customer_id"].astype(object)
    return _score(ids.map(found.customer_of).fillna(ids).to_numpy(), people["person"].to_numpy())
