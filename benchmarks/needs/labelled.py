"""Tone: public labelled feedback scored by each tool, on the half that nobody looked at."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, NoDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.contest import Answer, Role

WORDS = {
    "ru": ("хорош отличн спасибо рад любл лучш супер", "плох ужас не хам долго никогда хуж"),
    "zh": ("好 快 喜欢 不错 满意 推荐 赞", "差 慢 不好 难 坏 退 没"),
    "en": ("good great thank love best nice happy", "bad worst not never delay terrible rude"),
}
"""Good and bad pieces of words, a handful each: what the floor knows."""
TONES: dict[tuple[str, str], Callable[[Any], list[float]]] = {}
"""By contest and tool: what gives a tone for each text."""
_PIECES = "pieces of seven good and seven bad words"
_LEARNT = (
    "learnt in the run from these texts without their labels (self-training); the time "
    "is that of learning and scoring"
)


def tone_contest(language: str) -> Contest:
    """Return the contest of a language with its floor and ours."""

    def make(folder: Path, size: int) -> None:
        shared = Path(__file__).parents[3] / "shared" / "data"
        path = Path(os.environ.get("CJM_SHARED_DATA", shared)) / f"sentiment_{language}.csv"
        if not path.is_file():
            raise NoDataError(f"no {path.name}: set CJM_SHARED_DATA to the folder that has it")
        _copy(path, folder / "texts.parquet", size)

    contest = Contest(
        name=f"needs.tone_{language}",
        task="Tone of public labelled texts, two classes, macro-F1 of what no lexicon was "
        "written on; a text without a tone counts as wrong.",
        size=10_000,
        of="texts at most",
        make=make,
        repeat=1,
        warm_up=20,
        shown=("macro_f1",),
    )

    @tone_tool(contest, "bare count", needs=("pandas",), role="floor", note=_PIECES)
    def count(data: Any) -> list[float]:
        good, bad = (words.split() for words in WORDS[language])
        return [
            sum(w in text for w in good) - sum(w in text for w in bad)
            for text in (t.lower() for t in data["text"])
        ]

    @tone_tool(contest, "ours", needs=("cjm_research",), role="ours", note=_LEARNT)
    def ours(data: Any) -> list[float]:
        import pandas as pd

        from cjm_research.needs.tone_training import fit_tone

        texts = data["text"].astype("string[pyarrow]")
        feedback = pd.DataFrame({"kind": "open", "text": texts, "language": language})
        feedback["feedback_id"] = [f"f{n}" for n in range(len(feedback))]
        return _tones(fit_tone(feedback).tones, data, language)

    @tone_tool(contest, "ours, lexicon alone", needs=("cjm_research",))
    def lexicon(data: Any) -> list[float]:
        from cjm_research.needs.sentiment import sentence_tones

        return _tones(sentence_tones, data, language)

    return contest


def tone_tool(
    contest: Contest,
    name: str,
    *,
    needs: tuple[str, ...],
    role: Role = "peer",
    note: str = "",
) -> Callable[[Callable[[Any], list[float]]], Callable[[Any], list[float]]]:
    """Make a tool of the decorated function, which gives a tone for each text."""

    def add(tones: Callable[[Any], list[float]]) -> Callable[[Any], list[float]]:
        TONES[contest.name, name] = tones
        contest.tool(name, load=load, needs=needs, role=role, note=note)(
            lambda data: scored(data, tones(data))
        )
        return tones

    return add


def _tones(tones: Callable[..., list[float]], data: Any, language: str) -> list[float]:
    """Return the sum of the tones of each text's sentences, scored all at once."""
    from cjm_research.needs.sentences import sentences
    from cjm_research.needs.text import clean_text

    pieces = [sentences(clean_text(t)) for t in data["text"]]
    flat = iter(tones([s for p in pieces for s in p], language))
    return [sum(next(flat) for _ in p) for p in pieces]


def scored(data: Any, tones: Sequence[float]) -> Answer:
    """Return the mean of the F1 of both classes."""
    labels = data["label"].tolist()
    f1 = []
    for label, sign in (("positive", 1), ("negative", -1)):
        told = [t * sign > 0 for t in tones]
        hits = sum(a == label and b for a, b in zip(labels, told, strict=True))
        f1.append(2 * hits / max(1, labels.count(label) + sum(told)))
    return {"n": len(labels), "macro_f1": sum(f1) / 2}


def _copy(path: Path, target: Path, size: int) -> None:
    import pandas as pd

    table = pd.read_csv(path, keep_default_na=False)
    unseen = table["text"].map(lambda t: hashlib.sha256(t.encode()).digest()[-1] % 2 == 1)
    table[unseen & (table["label"] != "neutral")].head(size).to_parquet(target, index=False)


def load(folder: Path) -> Any:
    """Return texts and labels."""
    import pandas as pd

    return pd.read_parquet(folder / "texts.parquet")
