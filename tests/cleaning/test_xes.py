"""Event logs in XES: every event is a row, and no log can do harm."""

from __future__ import annotations

import gzip

import pytest

from cjm_research.cleaning.reading.content import ReadLimits
from cjm_research.cleaning.reading.read import read_raw
from cjm_research.errors import SourceError
from cjm_research.study.sources import Source

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
  <trace>
    <string key="concept:name" value="007"/>
    <event>
      <string key="concept:name" value="register &amp; pay"/>
      <date key="time:timestamp" value="2010-12-30T11:02:00.000+01:00"/>
      <string key="org:resource" value="Pete"><string key="inner" value="not read"/></string>
    </event>
    <event>
      <string key="concept:name" value="decide"/>
      <date key="time:timestamp" value="2011-01-06T11:18:00.000+01:00"/>
    </event>
  </trace>
  <trace>
    <event><string key="concept:name" value="审批"/></event>
    <string key="concept:name" value="late"/>
  </trace>
</log>
"""
SOURCE = Source(
    table="events",
    file="log.xes",
    columns={
        "customer_id": "case:concept:name",
        "name": "concept:name",
        "occurred_at": "time:timestamp",
        "resource": "org:resource",
    },
)


@pytest.fixture
def read(tmp_path):
    """Return a function that reads bytes as a file of the study."""

    def _read(data, source=SOURCE, **limits):
        path = tmp_path / "log.xes"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_raw(path, source, limits=ReadLimits(**limits))

    return _read


def columns(table):
    return {h: c.to_pylist() for h, c in table.columns.items()}


def test_each_event_is_a_row_with_the_attributes_of_its_trace(read):
    assert columns(read(LOG)) == {
        "case:concept:name": ["007", "007", "late"],
        "concept:name": ["register & pay", "decide", "审批"],
        "time:timestamp": [
            "2010-12-30T11:02:00.000+01:00",
            "2011-01-06T11:18:00.000+01:00",
            "",
        ],
        "org:resource": ["Pete", "", ""],
    }


def test_rows_say_the_line_that_they_begin_on(read):
    assert read(LOG).lines.tolist() == [6, 11, 17]


def test_attributes_inside_attributes_are_no_headers(read):
    assert read(LOG).headers == (
        "case:concept:name",
        "concept:name",
        "time:timestamp",
        "org:resource",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-5"])
def test_a_log_is_read_in_the_encoding_that_it_declares(read, encoding):
    text = LOG.replace("UTF-8", encoding).replace("审批", "решение")
    assert columns(read(text.encode(encoding)))["concept:name"][-1] == "решение"


def test_a_packed_log_is_the_same_log(read):
    assert columns(read(gzip.compress(LOG.encode()))) == columns(read(LOG))


def test_names_with_a_prefix_are_the_same_names(read):
    prefixed = LOG.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    prefixed = prefixed.replace("xmlns=", "xmlns:x=")
    assert columns(read(prefixed)) == columns(read(LOG))


BOMB = """<?xml version="1.0"?>
<!DOCTYPE log [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<log xmlns="http://www.xes-standard.org/"><trace><event>
<string key="concept:name" value="&c;"/></event></trace></log>
"""
FETCH = BOMB.replace('<!ENTITY a "lol">', '<!ENTITY a SYSTEM "file:///etc/passwd">')


@pytest.mark.parametrize("log", [BOMB, FETCH, gzip.compress(BOMB.encode())])
def test_a_document_type_is_refused_before_anything_grows(read, log):
    with pytest.raises(SourceError, match="declares a document type"):
        read(log)


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (LOG[:300], "damaged XES log: .*, line"),
        (LOG.replace("</trace>", "", 1), "damaged XES log: mismatched tag"),
        (gzip.compress(LOG.encode())[:-20], "damaged gzip archive"),
        (LOG.replace("<event>", "<x>").replace("</event>", "</x>"), "without an event"),
        (LOG.replace("org:resource", "org:role"), "no column 'org:resource'"),
        ("<log xes=''>" + "<a>" * 100, "64 levels deep"),
        ("<other><log xes=''/></other>", "begins with <other>"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(read, log, message):
    with pytest.raises(SourceError, match=message):
        read(log)


def test_limits_hold_for_what_a_packed_log_unpacks_to(read):
    packed = gzip.compress(LOG.encode() + b" " * 5_000_000)
    with pytest.raises(SourceError, match="unpacks to more than 1,000,000 bytes"):
        read(packed, max_bytes=1_000_000)


def test_a_value_of_any_length_is_no_way_around_the_limits(read):
    with pytest.raises(SourceError, match="line 12: a value has 5,000 characters"):
        read(LOG.replace("decide", "d" * 5000), max_cell=100)
