"""Every page through axe in Chromium, light and dark, wide and on a phone: no finding."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import pytest

pytestmark = [pytest.mark.path, pytest.mark.slow]

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--allow-file-access-from-files", "--disable-web-security",
         "--virtual-time-budget=600000", "--dump-dom"]  # fmt: skip
PROBE = """<!doctype html><meta charset=utf-8><body><script type="text/plain" id="axe">AXE</script>
<script>
const pages = PAGES, found = {}, axe = document.getElementById('axe').textContent;
async function look(page, width) {
  const frame = document.createElement('iframe');
  frame.style.width = width + 'px'; frame.style.height = '900px'; frame.style.border = '0';
  document.body.append(frame);
  await new Promise(done => { frame.onload = done; frame.src = page; });
  // What a closed one hides lies over what follows, for axe: it could not tell the background.
  frame.contentDocument.querySelectorAll('details').forEach(d => { d.open = true; });
  frame.style.height = frame.contentDocument.documentElement.scrollHeight + 'px';
  const own = frame.contentDocument.createElement('script');
  own.textContent = axe; frame.contentDocument.head.append(own);
  const seen = await frame.contentWindow.axe.run(frame.contentDocument,
                                                 {resultTypes: ['violations'], ...RULES});
  found[page + ' ' + width] = seen.violations.map(
    v => v.id + ': ' + v.nodes.slice(0, 2).map(n => n.html.slice(0, 160)).join(' | '));
  frame.remove();
}
(async () => { for (const p of pages) for (const w of WIDTHS) await look(p, w);
  const out = document.createElement('pre'); out.id = 'found';
  out.textContent = JSON.stringify(found); document.body.append(out); })();
</script>"""
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def script():
    """Return axe: a newer one if the environment names it, else the one that is installed."""
    named = os.environ.get("CJM_AXE")
    path = Path(named) if named else files("axe_core_python") / "axe.min.js"
    return path.read_text(encoding="utf-8").replace("</script", "<\\/script")


CONTRAST = {"runOnly": ["color-contrast"]}
A_TIME = 8
"""So many pages are looked at by one browser: its memory grows with each."""


def findings(chromium, pages, folder, *, rules=None, widths=(1280,), dark=False):
    """Return what axe finds on copies of pages; a copy lacks the policy that forbids scripts."""
    parts = [pages[start : start + A_TIME] for start in range(0, len(pages), A_TIME)]
    found = {}
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # browsers at a time
        looks = [
            threads.submit(
                _findings, chromium, part, folder / str(i), rules=rules, widths=widths, dark=dark
            )
            for i, part in enumerate(parts)
        ]
        for look in looks:
            found |= look.result()
    return found


def _findings(chromium, pages, folder, *, rules, widths, dark):
    folder.mkdir()
    copies = []
    for i, page in enumerate(pages):
        copy = folder / f"{i:02d}-{page.name}"
        copy.write_text(POLICY.sub("", page.read_text(encoding="utf-8")), encoding="utf-8")
        copies.append(copy.as_uri())
    probe = folder / "probe.html"
    given = {"PAGES": copies, "WIDTHS": list(widths)}
    text = PROBE.replace("...RULES", f"...{json.dumps(rules or {})}")
    for name, value in given.items():
        text = text.replace(name, json.dumps(value), 1)
    probe.write_text(text.replace("AXE", script(), 1), encoding="utf-8")
    command = [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", probe.as_uri()]
    if dark:
        command.insert(1, "--blink-settings=preferredColorScheme=0")
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, flags=re.DOTALL)
    assert found, done.stderr[-2000:]
    seen = json.loads(html.unescape(found[1]))
    assert len(seen) == len(widths) * len(pages)
    return {page.rpartition("/")[2]: v for page, v in seen.items() if v}


def test_axe_finds_nothing_on_any_page_wide_or_narrow(chromium, every_kind, tmp_path):
    assert findings(chromium, every_kind, tmp_path, widths=(1280, 390)) == {}


def test_axe_finds_no_faint_text_on_any_dark_page(chromium, every_kind, tmp_path):
    assert findings(chromium, every_kind, tmp_path, rules=CONTRAST, dark=True) == {}


@pytest.mark.parametrize("dark", [False, True])
def test_axe_would_find_a_fault(chromium, pages, tmp_path, dark):
    page = tmp_path / "page.html"
    faint = "#222" if dark else "#e8e8e8"
    faults = f'<img src="data:,"><p style="color:{faint}">Hardly to be read</p></main>'
    text = pages[0].read_text(encoding="utf-8")
    page.write_text(text.replace("</main>", faults), encoding="utf-8")
    (found,) = findings(chromium, [page], tmp_path, dark=dark).values()
    assert {f.partition(":")[0] for f in found} == {"color-contrast", "image-alt"}, found
