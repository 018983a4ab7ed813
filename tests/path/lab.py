"""A JupyterLab of its own and a browser that is led through the devtools protocol."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

TOKEN = "of-this-test"  # noqa: S105  # no secret
PATIENCE = 90.0
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--window-size=1400,900", "--remote-debugging-port=0",
         "--remote-allow-origins=*"]  # fmt: skip


def until(look, *, what):
    """Return what is seen, once something is seen."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        seen = look()
        if seen:
            return seen
        time.sleep(0.2)
    raise AssertionError(f"Waited {PATIENCE:g} s for {what}.")


@contextmanager
def _ended(command, **options):
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


@contextmanager
def lab(folder, settings):
    """Serve a folder; give the address of Lab. What it keeps lies in `settings`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(settings / name) for name in ("config", "data", "runtime")}
    environment = os.environ | {f"JUPYTER_{k.upper()}_DIR": v for k, v in own.items()}
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(settings / "user")
    environment["JUPYTERLAB_WORKSPACES_DIR"] = str(settings / "workspaces")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
               f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
               f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"]  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with _ended(command, cwd=folder, env=environment):
        until(lambda: _answers(f"{address}/api?token={TOKEN}"), what="JupyterLab")
        yield address


def _answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # this machine's
            return answer.read()
    except OSError:
        return b""


def set_language(address, locale):
    """Keep the language of Lab's menus, as its settings do."""
    name = "@jupyterlab/translation-extension:plugin"
    request = urllib.request.Request(  # noqa: S310  # this machine's
        f"{address}/lab/api/settings/{name}", method="PUT",
        data=json.dumps({"raw": json.dumps({"locale": locale})}).encode(),
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        assert answer.status in {200, 204}


class Browser:
    """One tab, and what a hand does in it."""

    def __init__(self, port):
        from websocket import create_connection  # comes with JupyterLab

        pages = json.loads(_answers(f"http://127.0.0.1:{port}/json"))
        self._tab = create_connection(
            next(p["webSocketDebuggerUrl"] for p in pages if p["type"] == "page"), timeout=PATIENCE
        )
        self._number = 0

    def close(self):
        """Let go of the tab."""
        self._tab.close()

    def ask(self, method, **given):
        """Send one command and return its answer."""
        self._number += 1
        self._tab.send(json.dumps({"id": self._number, "method": method, "params": given}))
        while True:
            told = json.loads(self._tab.recv())
            if told.get("id") == self._number:
                assert "error" not in told, told
                return told["result"]

    def see(self, script):
        """Return the value of an expression of the page."""
        told = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        return told["result"].get("value")

    def place(self, selector, text):
        """Return the middle of the first visible element that begins with a text."""
        return self.see(
            f"(() => {{ for (const e of document.querySelectorAll({json.dumps(selector)})) {{"
            " const b = e.getBoundingClientRect();"
            f" if (b.width && e.textContent.trim().startsWith({json.dumps(text)}))"
            " return [b.x + b.width / 2, b.y + b.height / 2]; } })()"
        )

    def choose(self, *path):
        """Click through menus, by the selector and the text of each; begin again if one closes."""

        def chosen():
            for selector, text in path:
                where = self.place(selector, text)
                end = time.monotonic() + 10
                while where is None and time.monotonic() < end:
                    time.sleep(0.2)
                    where = self.place(selector, text)
                if where is None:
                    for kind in ("keyDown", "keyUp"):
                        self.ask("Input.dispatchKeyEvent", type=kind, key="Escape")
                    return False
                x, y = where
                self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
                for kind in ("mousePressed", "mouseReleased"):
                    self.ask(
                        "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
                    )
            return True

        until(chosen, what=" > ".join(text for _, text in path))

    def picture(self):
        """Return the tab as a PNG, base64; for looking at what went wrong."""
        return self.ask("Page.captureScreenshot", format="png")["data"]


@contextmanager
def browser(chromium, profile):
    """Give a browser that a test leads."""
    profile.mkdir()
    with _ended([chromium, *FLAGS, f"--user-data-dir={profile}", "about:blank"]):
        told = profile / "DevToolsActivePort"
        until(lambda: told.is_file() and "\n" in told.read_text(), what="the browser")
        tab = Browser(int(told.read_text().splitlines()[0]))
        try:
            yield tab
        finally:
            tab.close()
