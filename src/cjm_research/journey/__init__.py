"""Journeys: stages, funnels, flow, mood, pains, opportunities, and the map made of them.

`stages` says which stage an event belongs to; `kernel` counts on arrays; `funnel`, `flow` and
`moves` follow customers; `mood`, `pains` and `opportunities` read what they said; `journey_map`
puts it together, and `analysis` gives all that the report shows in one call.
"""
