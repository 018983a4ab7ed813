"""The tone of a study's texts, learnt once from all its buckets and kept beside the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.needs.reading import read_feedback
from cjm_research.needs.tone_model import ToneModel
from cjm_research.needs.tone_training import fit_tone_sample, join_samples, tone_sample
from cjm_research.store.whole import write_whole
from cjm_research.workspace.kept import read_kept

if TYPE_CHECKING:
    from cjm_research.workspace.workspace import Workspace

_REMEDY = "Delete it to have the tone learnt anew."


def learnt_tone(world: Workspace, key: str) -> ToneModel:
    """Return the tone model of a study: the kept one of that key, else learnt and kept."""
    path = world.store.folder / "derived" / "tone" / f"{key}.json"
    if path.is_file():
        return read_kept(path, ToneModel.from_json, remedy=_REMEDY)
    samples = [
        tone_sample(read_feedback(world.store.read("feedback", bucket=b)))
        for b in range(world.store.version.n_buckets)
    ]
    text = fit_tone_sample(join_samples(samples), world.codebook).to_json()
    write_whole(path, text)
    return ToneModel.from_json(text)
