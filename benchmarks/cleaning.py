"""Cleaning: an export as a Russian system writes it, read into typed rows and rows set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contest import Answer

HEADERS = {
    "order_id": "Номер заказа",
    "customer_id": "Код клиента",
    "ordered_at": "Дата",
    "amount": "Сумма",
    "category": "Категория",
    "status": "Статус",
}
STATUSES = {"Выполнен": "completed", "Возврат": "returned", "Отменён": "cancelled"}
CATEGORIES = ("Обувь", "Одежда", "Книги", "Игрушки", "Кухня", "Сад", "Спорт", "Зоотовары")
FORMAT = "%d.%m.%Y %H:%M"


def make(folder: Path, size: int) -> None:
    """Write `orders.csv`: cp1251, semicolons, decimal commas, blanks between thousands.

    One row in 1,000 has no amount, one in 2,000 a day that the calendar lacks.
    """
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv

    rng = np.random.default_rng(20260101)
    cents = rng.integers(100, 9_999_999, size)
    amount = np.char.add(_grouped(cents // 100), np.char.add(",", _two(cents % 100)))
    amount[rng.integers(0, size, size // 1000 + 1)] = "н/д"
    minutes = rng.integers(0, 730 * 1440, size).astype("m8[m]")
    iso = np.datetime_as_string(np.datetime64("2024-01-01T00:00") + minutes)
    parts = iso.view("U1").reshape(size, -1)[:, [8, 9, 5, 6, 0, 1, 2, 3, 11, 12, 14, 15]]
    day, month, year, hour, minute = (
        np.ascontiguousarray(parts[:, a:b]).view(f"U{b - a}").ravel()
        for a, b in ((0, 2), (2, 4), (4, 8), (8, 10), (10, 12))
    )
    stamp = _joined(day, ".", month, ".", year, " ", hour, ":", minute)
    stamp[rng.integers(0, size, size // 2000 + 1)] = "31.02.2024 10:00"
    table = pa.table(
        {
            "Номер заказа": np.arange(1, size + 1).astype(str),
            "Код клиента": np.char.add("К", rng.integers(0, size // 8 + 1, size).astype(str)),
            "Дата": stamp,
            "Сумма": amount,
            "Категория": np.array(CATEGORIES)[rng.integers(0, len(CATEGORIES), size)],
            "Статус": np.array([*STATUSES])[rng.choice(3, size, p=[0.9, 0.07, 0.03])],
        }
    )
    utf8 = pa.BufferOutputStream()
    csv.write_csv(table, utf8, csv.WriteOptions(delimiter=";", quoting_style="none"))
    text = utf8.getvalue().to_pybytes().decode()
    (folder / "orders.csv").write_bytes(text.encode("cp1251"))


CONTEST = Contest(
    name="cleaning",
    task="Read a CSV export (cp1251, semicolons, decimal commas, 6 columns) into typed rows, and "
    "set aside the rows whose date or amount cannot be read, with line and value. "
    "From file to table.",
    size=500_000,
    of="rows",
    make=make,
    repeat=2,
    promises=(
        Promise(at_most=1.2, of="wall", against=("polars",)),
        Promise(at_most=0.5, of="wall", against=("pandas, engine pyarrow",)),
        Promise(at_most=1.0, of="peak", against=("polars",)),
    ),
)


def _path(folder: Path) -> Path:
    return folder / "orders.csv"


@CONTEST.tool(
    "bare DuckDB",
    role="floor",
    load=_path,
    needs=("duckdb", "pyarrow"),
    note="is told encoding, separator, date format and decimal mark; a DuckDB without its "
    "extensions reads no cp1251, so that the text is written anew first",
)
def duckdb_sql(path: Path) -> Answer:
    """One statement for the rows that are kept, one for those that are not."""
    import duckdb

    utf8 = path.with_suffix(".utf8")
    utf8.write_text(path.read_text(encoding="cp1251"), encoding="utf-8")
    connection = duckdb.connect()
    statuses = " ".join(f"when '{a}' then '{b}'" for a, b in STATUSES.items())
    connection.execute(
        f"""create temp table read as select row_number() over () + 1 as line,
        "Номер заказа" as order_id, "Код клиента" as customer_id, "Дата" as date_text,
        "Сумма" as amount_text, try_strptime("Дата", '{FORMAT}') as ordered_at,
        try_cast(replace(replace("Сумма", ' ', ''), ',', '.') as double) as amount,
        "Категория" as category, case "Статус" {statuses} end as status
        from read_csv(?, delim = ';', header = true, all_varchar = true)""",
        [str(utf8)],
    )
    kept = connection.sql(
        "select order_id, customer_id, ordered_at, amount, category, status, line from read"
        " where ordered_at is not null and amount is not null"
    ).to_arrow_table()
    aside = connection.sql(
        "select line, date_text, amount_text from read where ordered_at is null or amount is null"
    ).to_arrow_table()
    return _of_arrow(kept, aside)


@CONTEST.tool(
    "ours",
    role="ours",
    load=_path,
    needs=("cjm_research",),
    note="`cleaning.load`, told nothing but which header fills which column: finds encoding, "
    "separator, date order and decimal mark and says why; keeps books of every row",
)
def ours(path: Path) -> Answer:
    """Read with the whole apparatus of the package."""
    from cjm_research.cleaning.load import load
    from cjm_research.study.sources import Source

    source = Source(
        table="orders", file=path.name, columns=HEADERS, values={"status": STATUSES}
    )  # fmt: skip
    loaded = load(path, source)
    aside = loaded.quarantine
    return _of_pandas(loaded.table, aside["source_line"])


def _pandas(path: Path, **how: Any) -> Answer:
    import pandas as pd

    table = pd.read_csv(path, sep=";", encoding="cp1251", dtype=str, **how)
    table = table.rename(columns={header: name for name, header in HEADERS.items()})
    plain = table["amount"].str.replace(" ", "", regex=False).str.replace(",", ".", regex=False)
    table["amount"] = pd.to_numeric(plain, errors="coerce")
    table["ordered_at"] = pd.to_datetime(
        table["ordered_at"], format=FORMAT, errors="coerce", utc=True
    )
    table["status"] = table["status"].map(STATUSES)
    table["source_line"] = range(2, len(table) + 2)
    is_bad = table["amount"].isna() | table["ordered_at"].isna()
    return _of_pandas(table[~is_bad].reset_index(drop=True), table.loc[is_bad, "source_line"])


@CONTEST.tool("pandas, engine pyarrow", load=_path, needs=("pandas", "pyarrow"))
def pandas_pyarrow(path: Path) -> Answer:
    """Read with Arrow's reader."""
    return _pandas(path, engine="pyarrow")


@CONTEST.tool("pandas, engine c", load=_path, needs=("pandas",))
def pandas_c(path: Path) -> Answer:
    """Read with the reader that pandas takes by itself."""
    return _pandas(path)


@CONTEST.tool("polars", load=_path, needs=("polars",))
def polars(path: Path) -> Answer:
    """Write the text anew as UTF-8 and read it lazily."""
    import polars as pl

    utf8 = path.with_suffix(".polars")
    utf8.write_text(path.read_text(encoding="cp1251"), encoding="utf-8")
    table = (
        pl.scan_csv(utf8, separator=";", infer_schema=False, row_index_name="source_line")
        .rename({header: name for name, header in HEADERS.items()})
        .with_columns(
            pl.col("source_line") + 2,
            pl.col("ordered_at").str.to_datetime(FORMAT, strict=False, time_unit="us"),
            pl.col("amount")
            .str.replace_all(" ", "", literal=True)
            .str.replace(",", ".", literal=True)
            .cast(pl.Float64, strict=False),
            pl.col("status").replace_strict(STATUSES),
        )
        .collect()
    )
    is_bad = pl.col("amount").is_null() | pl.col("ordered_at").is_null()
    kept, aside = table.filter(~is_bad), table.filter(is_bad)
    completed = kept.filter(pl.col("status") == "completed")
    return {
        "kept": kept.height,
        "set_aside": aside.height,
        "lines": int(aside["source_line"].cast(pl.Int64).sum()),
        "amount": float(kept["amount"].sum()),
        "completed": completed.height,
        "days": int((kept["ordered_at"].dt.epoch("us") // 60_000_000).sum()),
        "customers": kept["customer_id"].n_unique(),
    }


def _of_pandas(kept: Any, lines: Any) -> Answer:
    return {
        "kept": len(kept),
        "set_aside": len(lines),
        "lines": int(lines.sum()),
        "amount": float(kept["amount"].sum()),
        "completed": int((kept["status"] == "completed").sum()),
        "days": int((kept["ordered_at"].to_numpy("M8[us]").astype(int) // 60_000_000).sum()),
        "customers": int(kept["customer_id"].nunique()),
    }


def _of_arrow(kept: Any, aside: Any) -> Answer:
    import pyarrow.compute as pc

    stamps = kept["ordered_at"].to_numpy().astype("M8[us]").astype(int)
    return {
        "kept": kept.num_rows,
        "set_aside": aside.num_rows,
        "lines": pc.sum(aside["line"]).as_py(),
        "amount": pc.sum(kept["amount"]).as_py(),
        "completed": pc.sum(pc.equal(kept["status"], "completed")).as_py(),
        "days": int((stamps // 60_000_000).sum()),
        "customers": pc.count_distinct(kept["customer_id"]).as_py(),
    }


def _joined(first: Any, *others: Any) -> Any:
    import numpy as np

    for other in others:
        first = np.char.add(first, other)
    return first


def _two(number: Any) -> Any:
    import numpy as np

    return np.char.zfill(number.astype(str), 2)


def _grouped(number: Any) -> Any:
    """Write thousands with a blank between."""
    import numpy as np

    above = (number // 1000).astype(str)
    below = np.char.zfill((number % 1000).astype(str), 3)
    return np.where(number >= 1000, _joined(above, " ", below), number.astype(str))
