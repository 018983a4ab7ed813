"""The table of measured promises in the READMEs, read from the pages of the last runs.

``python -m benchmarks.promises`` writes it anew; every run of a contest does so too.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
READMES = {"en": "README.md", "ru": "README.ru.md", "zh": "README.zh.md"}
BEGIN, END = "<!-- promises: written by `python -m benchmarks.promises` -->", "<!-- /promises -->"
HEADS = {
    "en": ("what", "promised", "measured"),
    "ru": ("что", "обещано", "измерено"),
    "zh": ("内容", "承诺", "实测"),
}
MEASURES = {
    "wall time": {"en": "time", "ru": "время", "zh": "耗时"},
    "CPU time": {"en": "CPU", "ru": "процессор", "zh": "CPU"},
    "peak memory": {"en": "memory", "ru": "память", "zh": "内存"},
}
NOT_KEPT = {"en": "not kept", "ru": "не выполнено", "zh": "未达到"}
BEST = {"en": "the best of ", "ru": "лучшего из ", "zh": "最优者："}
CONTESTS = {
    "cleaning": ("cleaning a raw file", "очистка выгрузки", "清洗原始文件"),
    "identity.people": ("records of one person", "записи одного человека", "合并同一客户的记录"),
    "segmentation.rfm": ("RFM from order lines", "RFM из строк заказов", "由订单行计算RFM"),
    "segmentation.value": ("purchases to come", "прогноз покупок", "购买预测"),
    "segmentation.bgnbd": ("fitting BG/NBD", "подбор BG/NBD", "拟合BG/NBD"),
    "segmentation.features": ("features of customers", "признаки клиентов", "客户特征"),
    "segmentation.profile": ("profile of segments", "профиль сегментов", "分群画像统计"),
    "segmentation.clusters": ("clusters with their proof", "кластеры с проверкой", "聚类及检验"),
    "experiments.effects": ("effects of a campaign", "эффекты кампании", "活动效果"),
    "experiments.units": ("metrics per participant", "метрики участников", "参与者指标"),
    "experiments.adjusted": ("adjusted effects", "эффекты с поправкой", "协变量调整"),
    "experiments.files": (
        "effects from Parquet files",
        "эффекты из файлов Parquet",
        "由Parquet文件计算效果",
    ),
    "experiments.quantile": ("quantiles with intervals", "квантили с интервалами", "分位数区间"),
    "needs.whole": ("texts to themes", "от текстов к темам", "从文本到主题"),
    "needs.meaning": ("texts to themes", "от текстов к темам", "从文本到主题"),
    "journey": ("journeys of events", "пути из событий", "事件旅程"),
    "runs.notebooks": ("six notebooks", "шесть блокнотов", "六个笔记本"),
    "runs.unchanged": ("a run with nothing new", "запуск без нового", "无变化的运行"),
}
TABLES = {
    "Difference of shares (Miettinen": (
        "intervals of a conversion's change", "интервалы изменения конверсии", "转化率差异的区间"),
    "Difference adjusted": (
        "intervals with a covariate", "интервалы с ковариатой", "协变量调整的区间"),
    "Net Promoter Score (Rocks": (
        "intervals of NPS", "интервалы NPS", "净推荐值的区间"),
    "Share of a theme (Wilson": (
        "intervals of a theme's share", "интервалы доли темы", "主题占比的区间"),
    "Lift of a trait": (
        "intervals of a trait's lift", "интервалы частоты черты", "特征倍数的区间"),
}  # fmt: skip
_PROMISE = re.compile(
    r"- Promise: at most ([\d.]+) times the (.+?) of (.+): (\*\*not kept\*\*|kept), ([\d.]+)\."
)
_HELD = re.compile(r"\| .+? \| [\d,]+ \| ([\d.]+) % \|")


class Kept(NamedTuple):
    """One line: what, the promise, what was measured; words in three languages."""

    what: tuple[str, ...]
    promise: dict[str, str]
    measured: dict[str, str]


def promises(docs: Path) -> list[Kept]:
    """Read every promise of the benchmark page, then how often intervals hold."""
    page = (docs / "benchmarks.md").read_text(encoding="utf-8")
    found = [
        _speed(CONTESTS[name], line)
        for name, body in _sections(page).items()
        for line in _PROMISE.findall(body)
        if name in CONTESTS
    ]
    for path in sorted(docs.glob("trust-*.md")):
        for title, body in _sections(path.read_text(encoding="utf-8")).items():
            words = next((w for start, w in TABLES.items() if title.startswith(start)), None)
            if words:
                found.append(_coverage(words, [float(n) for n in _HELD.findall(body)]))
    return found


def _sections(page: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _speed(what: tuple[str, ...], line: tuple[str, ...]) -> Kept:
    most, measure, rival, verdict, ratio = line
    is_kept = verdict == "kept"
    promise, measured = {}, {}
    for language in READMES:
        best = rival.replace("the best of ", BEST[language])
        most_here, here = (n.replace(".", "," if language == "ru" else ".") for n in (most, ratio))
        promise[language] = f"≤ {most_here} × {best} ({MEASURES[measure][language]})"
        measured[language] = here if is_kept else f"**{here}; {NOT_KEPT[language]}**"
    return Kept(what, promise, measured)


def _coverage(what: tuple[str, ...], held: list[float]) -> Kept:
    low, high = f"{min(held):.1f}", f"{max(held):.1f}"
    measured = {
        "en": f"{low} to {high} %",
        "ru": f"{low}–{high} %".replace(".", ","),
        "zh": f"{low}%–{high}%",
    }
    return Kept(what, {"en": "95 %", "ru": "95 %", "zh": "95%"}, measured)


def table(kept: list[Kept], language: str) -> str:
    """Return the table in a language."""
    at = list(READMES).index(language)
    lines = [f"| {' | '.join(HEADS[language])} |", "| --- | --- | ---: |"]
    lines += [f"| {k.what[at]} | {k.promise[language]} | {k.measured[language]} |" for k in kept]
    return "\n".join(lines)


def written(readme: str, kept: list[Kept], language: str) -> str:
    """Return a README with the table between its marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(kept, language)}\n\n{END}{after}"


def update(root: Path = ROOT) -> None:
    """Write the table into every README."""
    kept = promises(root / "docs")
    for language, name in READMES.items():
        path = root / name
        path.write_text(written(path.read_text(encoding="utf-8"), kept, language), encoding="utf-8")


if __name__ == "__main__":
    update()
