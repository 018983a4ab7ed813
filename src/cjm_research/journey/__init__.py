"""Journeys: stages, funnels, flow, mood, pains, opportunities, and the map made of them.

`stages` says which stage an event belongs to; `kernel` counts on arrays; `funnel`, `flow` and
`moves` follow customers; `mood`, `pains` and `opportunities` read what they said; `journey_map`
puts it together, and `analysis` gives all that the report shows in one call.
"""

# Some functions have the name of their module: loaded here, the package's name is the function.
from cjm_research.journey.analysis import analyse_journey
from cjm_research.journey.flow import flow
from cjm_research.journey.funnel import funnel
from cjm_research.journey.lost import lost
from cjm_research.journey.mood import mood_by_stage, mood_by_touchpoint
from cjm_research.journey.moves import transitions
from cjm_research.journey.order_path import order_stages
from cjm_research.journey.pains import stage_pains, stage_problems
from cjm_research.journey.scope import JourneyChoices, JourneyTables
from cjm_research.journey.segment_funnel import segment_funnel
from cjm_research.journey.stages import event_stages, unmatched_events
from cjm_research.journey.touchpoints import touchpoint_reach

__all__ = [
    "JourneyChoices",
    "JourneyTables",
    "analyse_journey",
    "event_stages",
    "flow",
    "funnel",
    "lost",
    "mood_by_stage",
    "mood_by_touchpoint",
    "order_stages",
    "segment_funnel",
    "stage_pains",
    "stage_problems",
    "touchpoint_reach",
    "transitions",
    "unmatched_events",
]
