"""The drawn maps in a real browser: no text lies on another, none leaves the drawing."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace

import pytest

from cjm_research.journey.map_compare import compare_maps
from cjm_research.journey.map_dress import dressed_map
from cjm_research.present import theme
from cjm_research.present.figures.journey_emotions import emotions_chart
from cjm_research.present.figures.journey_map import journey_map as draw
from cjm_research.present.figures.journey_map.versus import comparison_map
from cjm_research.present.svg import svg
from cjm_research.present.words import Words
from cjm_research.study.journey_plan import MAP_ROWS, JourneyPlan

pytestmark = pytest.mark.slow

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--virtual-time-budget=20000", "--dump-dom"]  # fmt: skip
PAGE = """<!doctype html><meta charset=utf-8><style>CSS
body{font-family:system-ui,sans-serif} svg{width:1400px;color:var(--ink)}</style>DRAWN<script>
const found = {};
for (const svg of document.querySelectorAll('svg')) {
  const page = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll('text')]
    .map(t => [t.textContent, t.getBoundingClientRect()])
    .filter(([_, b]) => b.width);
  const bad = boxes.filter(([_, b]) => b.right > page.right + 1 || b.left < page.left - 1)
    .map(([t]) => [t, '']);
  boxes.forEach(([t, a], i) => boxes.slice(i + 1).forEach(([u, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 0.35 * Math.min(a.height, b.height)) bad.push([t, u]);
  }));
  found[svg.parentElement.id] = {bad, n: boxes.length};
}
const out = document.createElement('pre'); out.id = 'found';
out.textContent = JSON.stringify(found); document.body.append(out);
</script>"""


@pytest.fixture(scope="module")
def measured(chromium, drawn, data, small, tmp_path_factory):
    """Return the texts that meet, by drawing and language."""
    full = dressed_map(drawn, data, small.STAGES, plan=JourneyPlan(rows=list(MAP_ROWS)), n_all=900)
    full = small.with_card(full)
    calm = replace(drawn, segment="other")
    parts = []
    for language in ("en", "ru", "zh"):
        words = Words(language, "RUB", {"stage": {s.id: s.label for s in small.STAGES}}, {})
        with theme.style():
            drawings = {
                "map": draw(full, words),
                "comparison": comparison_map(compare_maps(drawn, calm), words),
                "emotions": emotions_chart(full.emotions, words),
            }
        parts += [f'<div id="{name}.{language}">{svg(figure, alt=name)}</div>'
                  for name, figure in drawings.items()]  # fmt: skip
    folder = tmp_path_factory.mktemp("boxes")
    page = folder / "page.html"
    text = PAGE.replace("CSS", theme.css_variables()).replace("DRAWN", "".join(parts))
    page.write_text(text, encoding="utf-8")
    command = [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, flags=re.DOTALL)
    assert found, done.stderr[-2000:]
    return json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("name", ["map", "comparison", "emotions"])
def test_texts_lie_apart_in_the_browser(measured, name, language):
    assert measured[f"{name}.{language}"]["n"] > 10
    assert measured[f"{name}.{language}"]["bad"] == []
