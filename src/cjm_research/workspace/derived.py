"""Which derived tables are kept bucket by bucket. The runner imports this module: it is light."""

from __future__ import annotations

MADE_FROM = {"event_stages": "events", "feedback_codes": "feedback"}
"""Each with the table it is made from."""
