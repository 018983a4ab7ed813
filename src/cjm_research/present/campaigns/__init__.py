"""What the campaign page shows, part by part; a part with nothing to say is None."""

from __future__ import annotations

from cjm_research.present.campaigns.backlog import backlog, backlog_section, grades
from cjm_research.present.campaigns.card import method_card, metric_card
from cjm_research.present.campaigns.decision import (
    decision,
    decision_section,
    decision_title,
    next_test,
    outlook,
)
from cjm_research.present.campaigns.described import (
    costs,
    holdout,
    reach,
    reach_section,
    reach_segments,
    reach_segments_table,
)
from cjm_research.present.campaigns.effects import (
    counts,
    counts_body,
    effects,
    effects_body,
    effects_section,
    effects_table,
)
from cjm_research.present.campaigns.money import (
    money_costs,
    money_even,
    money_orders,
    money_profit,
    money_rollout,
    money_section,
    worth,
)
from cjm_research.present.campaigns.opening import cards, caveats, headline, leading
from cjm_research.present.campaigns.segments import (
    segment_counts,
    segments,
    segments_section,
    segments_tables,
)
from cjm_research.present.campaigns.since import since
from cjm_research.present.campaigns.sure import bayes, other_tests, sure, sure_body, sure_section
from cjm_research.present.campaigns.timeline import days, looks
from cjm_research.present.campaigns.trust import trust, trust_body, trust_title

__all__ = [
    "backlog",
    "backlog_section",
    "bayes",
    "cards",
    "caveats",
    "costs",
    "counts",
    "counts_body",
    "days",
    "decision",
    "decision_section",
    "decision_title",
    "effects",
    "effects_body",
    "effects_section",
    "effects_table",
    "grades",
    "headline",
    "holdout",
    "leading",
    "looks",
    "method_card",
    "metric_card",
    "money_costs",
    "money_even",
    "money_orders",
    "money_profit",
    "money_rollout",
    "money_section",
    "next_test",
    "other_tests",
    "outlook",
    "reach",
    "reach_section",
    "reach_segments",
    "reach_segments_table",
    "segment_counts",
    "segments",
    "segments_section",
    "segments_tables",
    "since",
    "sure",
    "sure_body",
    "sure_section",
    "trust",
    "trust_body",
    "trust_title",
    "worth",
]
