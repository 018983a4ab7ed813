"""Messages of a run: once for each change, to a hook or by mail, and never a reason to fail."""

from __future__ import annotations

import json
import socket
import threading
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pydantic import ValidationError

from cjm_research.report import notify as messages
from cjm_research.report.done import Done
from cjm_research.report.notify import notify
from cjm_research.report.publish import runs_folder
from cjm_research.store.lock import locked
from cjm_research.study.notify import Notify, Threshold


@pytest.fixture
def hook(monkeypatch):
    """Return what a server on this machine was sent."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):  # the library's name
            size = int(self.headers["Content-Length"])
            heard.append(json.loads(self.rfile.read(size)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("HOOK", f"http://127.0.0.1:{server.server_port}/secret")
    yield heard
    server.shutdown()
    thread.join()
    server.server_close()


def done(status, reason=""):
    return [Done(stem="map", report="map", status=status, reason=reason)]


PLAN = Notify(webhook_env="HOOK")


def test_a_failure_is_told_once_and_its_recovery_once(hook, tmp_path):
    for status in ("fresh", "failed", "failed", "fresh", "fresh"):
        assert notify(tmp_path, "shop", done(status, "DataError: no rows"), plan=PLAN) == []
    assert [e["kind"] for sent in hook for e in sent["events"]] == ["failure", "recovery"]
    assert hook[0]["text"] == "shop: map failed: DataError: no rows"


def test_a_message_names_no_customer(hook, tmp_path):
    notify(tmp_path, "shop", done("failed", "KeyError: 'C-00123' of anna@shop.ru"), plan=PLAN)
    assert "C-00123" not in hook[0]["text"]
    assert "anna" not in hook[0]["text"]


def test_a_finding_is_told_when_it_crosses_its_line(hook, tmp_path):
    (tmp_path / "shop").mkdir()
    path = tmp_path / "shop" / "map.findings.json"
    plan = Notify(webhook_env="HOOK", thresholds=[Threshold(finding="a", above=0.5)])
    for value in (0.4, 0.6, 0.7, 0.3, 0.8):
        found = {"id": "a", "estimate": value, "words": {"en": {"sentence": f"It is {value}."}}}
        path.write_text(json.dumps({"findings": [found]}), encoding="utf-8")
        notify(tmp_path, "shop", done("fresh"), plan=plan)
    assert [sent["text"] for sent in hook] == ["shop: It is 0.6.", "shop: It is 0.8."]


def test_what_was_not_delivered_is_told_by_the_next_run(hook, tmp_path, monkeypatch):
    address = messages.os.environ["HOOK"]
    monkeypatch.setenv("HOOK", "http://127.0.0.1:9/secret")
    (problem,) = notify(tmp_path, "shop", done("failed"), plan=PLAN)
    assert "secret" not in problem
    monkeypatch.setenv("HOOK", address)
    assert notify(tmp_path, "shop", done("failed"), plan=PLAN) == []
    assert len(hook) == 1


def test_a_missing_address_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.delenv("HOOK", raising=False)
    monkeypatch.delenv("CJM_SMTP", raising=False)
    plan = Notify(webhook_env="HOOK", email_to=["owner@example.org"])
    problems = notify(tmp_path, "shop", done("failed"), plan=plan)
    assert ["HOOK" in problems[0], "CJM_SMTP" in problems[1]] == [True, True]


@pytest.mark.parametrize(
    ("hook", "server"),
    [("https://[x", "smtp://[x"), ("https://host:port/", "smtps://me:word@host:port"),
     ("http://127.0.0.1:9/a b", "smtp://127.0.0.1:99999")],
)  # fmt: skip
def test_an_address_that_is_none_is_a_warning(tmp_path, monkeypatch, hook, server):
    monkeypatch.setenv("HOOK", hook)
    monkeypatch.setenv("CJM_SMTP", server)
    plan = Notify(webhook_env="HOOK", email_to=["owner@example.org"])
    problems = notify(tmp_path, "shop", done("failed"), plan=plan)
    assert ["HOOK" in problems[0], "CJM_SMTP" in problems[1]] == [True, True]
    assert "word" not in problems[1].replace("password", "")


def test_a_server_that_speaks_no_http_is_a_warning(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            with server.accept()[0] as line:
                line.recv(65536)
                line.sendall(b"hello\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        monkeypatch.setenv("HOOK", f"http://127.0.0.1:{server.getsockname()[1]}/secret")
        (problem,) = notify(tmp_path, "shop", done("failed"), plan=PLAN)
        thread.join()
    assert "did not take the message: BadStatusLine" in problem


def test_mail_goes_to_the_server_of_the_environment(tmp_path, monkeypatch):
    sent, heads = [], []

    class Server:
        def __init__(self, host, port, **_):
            sent.append((host, port))

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def login(self, user, password):
            sent.append((user, password))

        def send_message(self, message):
            sent.append((message["To"], message.get_content().strip()))
            heads.append(message)

    monkeypatch.setattr(messages.smtplib, "SMTP_SSL", Server)
    monkeypatch.setenv("CJM_SMTP", "smtps://me:p%40ss@mail.example.org:465")
    plan = Notify(email_to=["owner@example.org"])
    assert notify(tmp_path, "shop", done("failed", "Broken"), plan=plan) == []
    assert sent == [
        ("mail.example.org", 465), ("me", "p@ss"),
        ("owner@example.org", "shop: map failed: Broken"),
    ]  # fmt: skip
    assert heads[0]["Subject"] == "Reports of shop: 1 message"
    assert parsedate_to_datetime(heads[0]["Date"]).tzinfo is not None  # RFC 5322 asks for it


def test_an_address_in_the_study_file_is_refused():
    with pytest.raises(ValidationError):
        Notify(webhook_env="https://hooks.example.org/secret")
    with pytest.raises(ValidationError, match="above or below"):
        Threshold(finding="a")


def test_a_shard_that_tells_too_long_leaves_the_message_to_the_next_run(
    hook, tmp_path, monkeypatch
):
    monkeypatch.setattr(messages, "TELLING", 0.1)
    with locked(runs_folder(tmp_path, "shop") / ".telling.lock", what="it"):
        (problem,) = notify(tmp_path, "shop", done("failed", "DataError: no rows"), plan=PLAN)
    assert problem.startswith("The telling of 'shop' is in use by another run")
    assert notify(tmp_path, "shop", done("failed", "DataError: no rows"), plan=PLAN) == []
    assert [e["kind"] for sent in hook for e in sent["events"]] == ["failure"]
