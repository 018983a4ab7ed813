"""Every page in a real browser: a phone's width, no request, figures in place, the keyboard."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

pytestmark = [pytest.mark.path, pytest.mark.slow]

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--allow-file-access-from-files", "--disable-web-security",
         "--virtual-time-budget=60000", "--dump-dom"]  # fmt: skip
PROBE = r"""<!doctype html><meta charset=utf-8><body><script>
const pages = PAGES, found = {};
async function measure(page) {
  const frame = document.createElement('iframe');
  frame.style.width = '390px'; frame.style.height = '900px'; frame.style.border = '0';
  document.body.append(frame);
  await new Promise(done => { frame.onload = done; frame.src = page; });
  const root = frame.contentDocument.documentElement;
  const wide = [...frame.contentDocument.querySelectorAll('svg text')].filter(t => {
    const svg = t.ownerSVGElement.getBoundingClientRect(), box = t.getBoundingClientRect();
    return box.width && (box.right > svg.right + 1.5 || box.left < svg.left - 1.5);
  }).map(t => t.textContent);
  const over = [...frame.contentDocument.querySelectorAll('svg')].flatMap(svg => {
    const told = [...svg.querySelectorAll('text')].filter(t => !/rotate\(-?[1-9]/.test(
      (t.getAttribute('transform') || '') + (t.getAttribute('style') || '')));
    const boxes = told.map(t => t.getBoundingClientRect());
    return boxes.flatMap((a, i) => boxes.slice(i + 1).flatMap((b, k) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      const least = Math.min(a.height, b.height);
      return wide > 0.4 * least && high > 0.4 * least
        ? [told[i].textContent + ' / ' + told[i + 1 + k].textContent] : [];
    }));
  });
  const doc = frame.contentDocument, offered = 'a[href],summary,button,input,select,[tabindex]';
  const lost = [...doc.querySelectorAll(offered)].filter(e => {
    if (!e.checkVisibility({visibilityProperty: true}) || e.tabIndex < 0) return false;
    e.focus();
    return doc.activeElement !== e || e.tabIndex > 0 || getComputedStyle(e).outlineStyle === 'none';
  }).map(e => e.outerHTML.slice(0, 120));
  found[page] = {scroll: root.scrollWidth, wide: wide, lost: lost, over: over,
    requests: frame.contentWindow.performance.getEntriesByType('resource').map(r => r.name)};
  frame.remove();
}
(async () => { for (const p of pages) await measure(p);
  const out = document.createElement('pre'); out.id = 'found';
  out.textContent = JSON.stringify(found); document.body.append(out); })();
</script>"""


@pytest.fixture(scope="module")
def measured(chromium, every_kind, published, tmp_path_factory):
    root, _ = published
    probe = root / "reports" / "probe.html"
    names = [p.as_uri() for p in every_kind]
    probe.write_text(PROBE.replace("PAGES", json.dumps(names)), encoding="utf-8")
    profile = tmp_path_factory.mktemp("profile")
    command = [chromium, *FLAGS, f"--user-data-dir={profile}", probe.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    probe.unlink()
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, flags=re.DOTALL)
    assert found, done.stderr[-2000:]
    return json.loads(found[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))


def test_nothing_scrolls_sideways_on_a_phone(measured):
    assert {p: m["scroll"] for p, m in measured.items() if m["scroll"] > 391} == {}


def test_no_page_makes_a_request(measured):
    assert {p: m["requests"] for p, m in measured.items() if m["requests"]} == {}


def test_no_text_leaves_its_figure(measured):
    assert {p: m["wide"] for p, m in measured.items() if m["wide"]} == {}


def test_no_texts_of_a_figure_lie_over_each_other(measured):
    assert {p: m["over"] for p, m in measured.items() if m["over"]} == {}


def test_the_keyboard_reaches_everything_in_reading_order_and_shows_where_it_is(measured):
    assert {p: m["lost"] for p, m in measured.items() if m["lost"]} == {}
