"""The tone of a study's texts, learnt once from all its buckets and kept beside the data."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cjm_research.needs.reading import read_feedback
from cjm_research.needs.tone_model import ToneModel
from cjm_research.needs.tone_training import fit_tone_sample, join_samples, tone_sample

if TYPE_CHECKING:
    from cjm_research.workspace.workspace import Workspace


def learnt_tone(world: Workspace, key: str) -> ToneModel:
    """Return the tone model of a study: the kept one of that key, else learnt and kept."""
    path = world.store.folder / "derived" / "tone" / f"{key}.json"
    if path.is_file():
        return ToneModel.from_json(path.read_text(encoding="utf-8"))
    samples = [
        tone_sample(read_feedback(world.store.read("feedback", bucket=b)))
        for b in range(world.store.version.n_buckets)
    ]
    text = fit_tone_sample(join_samples(samples), world.codebook).to_json()
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    staged.write_text(text, encoding="utf-8")
    staged.replace(path)
    return ToneModel.from_json(text)
