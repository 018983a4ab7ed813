"""What is planted in the forwarder: the numbers that the files are drawn from."""

from __future__ import annotations

from cjm_research.demo.draw import days
from cjm_research.demo.planted import (
    ChurnCause,
    Dirt,
    PlantedEffect,
    PlantedSegment,
    PlantedTheme,
    Trait,
)

FIRST, LAST = days("2025-07-01"), days("2026-06-30")
N_COMPANIES = 600

SIZES = {"small": 0.52, "medium": 0.26, "large": 0.22}
NICHES = {"agriculture": 0.30, "retail": 0.38, "engineering": 0.18, "construction": 0.14}
CARGO = {
    "agriculture": {"industrial": 0.58, "consumer": 0.42},
    "retail": {"industrial": 0.12, "consumer": 0.88},
    "": {"industrial": 0.86, "consumer": 0.14},
}
CARGO_TYPES = {
    "industrial": {"metal": 0.4, "equipment": 0.35, "chemicals": 0.25},
    "consumer": {"food": 0.45, "clothes": 0.3, "appliances": 0.25},
}
USUAL_CARGO = 0.75  # of a company's shipments, of the type that it ships most
FREQUENT = 0.36
FREQUENT_FROM = 12
"""Shipments in a year from which a company ships often."""

REGIONS = {
    "agriculture": {"south": 0.40, "volga": 0.32, "central": 0.12, "northwest": 0.06,
                    "ural": 0.05, "siberia": 0.05},
    "": {"central": 0.34, "northwest": 0.20, "volga": 0.13, "ural": 0.14, "siberia": 0.11,
         "south": 0.08},
}  # fmt: skip
LEGAL_FORMS = {
    "small": {"ip": 0.48, "ooo": 0.52},
    "medium": {"ip": 0.05, "ooo": 0.80, "ao": 0.15},
    "large": {"ooo": 0.28, "ao": 0.52, "pao": 0.20},
}
CHANNELS = {
    "frequent": {"portal": 0.56, "email": 0.22, "phone": 0.12, "messenger": 0.10},
    "": {"portal": 0.10, "email": 0.40, "phone": 0.30, "messenger": 0.20},
}
ACQUIRED = {
    "large": {"tender": 0.52, "sales_call": 0.20, "recommendation": 0.14, "site": 0.14},
    "": {"tender": 0.08, "sales_call": 0.22, "recommendation": 0.28, "site": 0.42},
}
CONTRACTS = {  # of those who ship
    "large": {"long_term": 0.72, "spot": 0.28},
    "medium": {"long_term": 0.40, "spot": 0.60},
    "small": {"long_term": 0.16, "spot": 0.84},
}
MODES = {
    "agriculture": {"rail": 0.55, "road": 0.40, "sea": 0.05},
    "": {"rail": 0.12, "road": 0.78, "sea": 0.10},
}
EMPLOYEES = {"small": (3, 60), "medium": (80, 240), "large": (300, 4000)}

REACHED = {"rate_request": 0.98, "quote": 0.90, "contract": 0.72, "carriage": 0.97,
           "documents": 0.98, "repeat": 0.87}  # fmt: skip
"""Share of the stage before (at first: of all companies) that is seen at the stage."""

LATE_SHIPPERS, LATE_SHIPMENTS = 0.34, 0.45
CHURN_LATE, CHURN_OTHER = 0.46, 0.08
LOST_REASONS = {
    "late": {"missed_deadline": 0.78, "price": 0.12, "competitor": 0.10},
    "": {"price": 0.45, "competitor": 0.35, "no_need": 0.20},
}
DEAL_REASONS = {
    "small": {"price": 0.68, "deadline": 0.12, "competitor": 0.14, "no_answer": 0.06},
    "": {"price": 0.26, "deadline": 0.30, "competitor": 0.30, "no_answer": 0.14},
}
DAMAGED_SHIPMENTS = {"consumer": 0.05, "industrial": 0.015}

_T = PlantedTheme
THEMES = (
    _T(theme="fast_quote", kind="delight", stage="rate_request", rate=0.45),
    _T(theme="rate_increase", kind="pain", stage="quote", rate=0.16,
       grouping="business_type", raised={"small": 0.50}),
    _T(theme="clear_quote", kind="delight", stage="quote", rate=0.40),
    _T(theme="clear_contract", kind="delight", stage="contract", rate=0.40),
    _T(theme="fixed_rate", kind="need_basic", stage="contract", rate=0.28),
    _T(theme="missed_deadline", kind="pain", stage="carriage", rate=0.22,
       grouping="niche", raised={"retail": 0.56}),
    _T(theme="damaged_cargo", kind="pain", stage="carriage", rate=0.10,
       grouping="cargo", raised={"consumer": 0.38}),
    _T(theme="no_status", kind="pain", stage="carriage", rate=0.28),
    _T(theme="careful_driver", kind="delight", stage="carriage", rate=0.22),
    _T(theme="live_tracking", kind="need_form", stage="carriage", rate=0.18),
    _T(theme="late_documents", kind="pain", stage="documents", rate=0.22,
       grouping="business_type", raised={"large": 0.64}),
    _T(theme="e_documents", kind="need_form", stage="documents", rate=0.26),
    _T(theme="new_manager", kind="pain", stage="repeat", rate=0.16,
       grouping="behaviour", raised={"frequent": 0.54}),
    _T(theme="reliable", kind="delight", stage="repeat", rate=0.42),
)  # fmt: skip
TEXTS = {"rate_request": 220, "quote": 340, "contract": 220, "carriage": 360, "documents": 340,
         "repeat": 310}  # fmt: skip
"""Texts asked for at each stage; fewer where fewer companies come so far."""
INTERVIEWS = {"missed_deadline": 7, "late_documents": 6, "new_manager": 5, "no_status": 4,
              "rate_increase": 3, "damaged_cargo": 2}  # fmt: skip
"""In how many of the 12 interviews each pain is spoken of."""
N_INTERVIEWS = 12

TEST, TEST_START, TEST_UNITS = "status_messages", days("2026-05-04"), 120
TEST_LIFT, TEST_DAYS = 0.05, 21
EFFECTS = (
    PlantedEffect(experiment=TEST, arm="messages", metric="repeat_30d", effect=TEST_LIFT,
                  direction="up"),
)  # fmt: skip
CAUSES = (ChurnCause(cause="missed_deadline", churn_with=CHURN_LATE, churn_without=CHURN_OTHER),)

DIRT = (
    Dirt(file="companies.csv", kind="doubled", rows=8),
    Dirt(file="companies.csv", kind="blank_key", rows=3, column="customer_id"),
    Dirt(file="companies.csv", kind="impossible_value", rows=4, column="employees", is_added=False),
    Dirt(file="deals.csv", kind="doubled", rows=12),
    Dirt(file="deals.csv", kind="unknown_customer", rows=6, column="customer_id"),
    Dirt(file="shipments.xlsx", kind="doubled", rows=25),
    Dirt(file="shipments.xlsx", kind="bad_date", rows=10, column="ordered_at"),
    Dirt(file="shipments.xlsx", kind="unknown_customer", rows=9, column="customer_id"),
    Dirt(file="shipments.xlsx", kind="impossible_value", rows=7, column="amount"),
    Dirt(file="tickets.csv", kind="doubled", rows=10),
    Dirt(file="tickets.csv", kind="bad_date", rows=5, column="given_at"),
    Dirt(file="surveys.csv", kind="impossible_value", rows=6, column="score"),
    Dirt(file="journey_log.tsv", kind="doubled", rows=60),
    Dirt(file="journey_log.tsv", kind="bad_date", rows=15, column="occurred_at"),
)


def segments() -> tuple[PlantedSegment, ...]:
    """Return the groups of the trade with the traits that set them apart."""
    industrial = sum(
        share * CARGO.get(niche, CARGO[""])["industrial"] for niche, share in NICHES.items()
    )
    return (
        PlantedSegment(grouping="cargo", segment="industrial", share=industrial),
        PlantedSegment(grouping="cargo", segment="consumer", share=1 - industrial),
        PlantedSegment(
            grouping="niche",
            segment="agriculture",
            share=NICHES["agriculture"],
            traits=_traits("agriculture", region=REGIONS),
        ),
        PlantedSegment(grouping="niche", segment="retail", share=NICHES["retail"]),
        PlantedSegment(
            grouping="niche", segment="other", share=1 - NICHES["agriculture"] - NICHES["retail"]
        ),
        PlantedSegment(
            grouping="business_type",
            segment="small",
            share=SIZES["small"],
            traits=(Trait(column="legal_form", value="ip", share=0.48, elsewhere=0.05),),
        ),
        PlantedSegment(
            grouping="business_type",
            segment="large",
            share=SIZES["large"],
            traits=(
                *_traits("large", acquisition_channel=ACQUIRED),
                Trait(column="legal_form", value="ao", share=0.52, elsewhere=0.15),
            ),
        ),
        PlantedSegment(
            grouping="behaviour",
            segment="frequent",
            share=FREQUENT * reached_share("repeat"),
            traits=_traits("frequent", preferred_channel=CHANNELS),
        ),
        PlantedSegment(
            grouping="behaviour",
            segment="long_term",
            share=reached_share("carriage")
            * sum(share * CONTRACTS[size]["long_term"] for size, share in SIZES.items()),
        ),
    )


def reached_share(last: str) -> float:
    """Return the share of all companies that come as far as a stage."""
    share = 1.0
    for stage, passed in REACHED.items():
        share *= passed
        if stage == last:
            break
    return share


def _traits(segment: str, **columns: dict[str, dict[str, float]]) -> tuple[Trait, ...]:
    return tuple(
        Trait(column=column, value=value, share=mine, elsewhere=table[""].get(value, 0.0))
        for column, table in columns.items()
        for value, mine in table[segment].items()
        if mine > 1.6 * table[""].get(value, 0.0) and mine > 0.15
    )
