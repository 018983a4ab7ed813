"""What is planted in the shop: the numbers that the files are drawn from."""

from __future__ import annotations

from cjm_research.demo.draw import days
from cjm_research.demo.planted import (
    BrokenSplit,
    ChurnCause,
    Dirt,
    PlantedCoding,
    PlantedEffect,
    PlantedSegment,
    PlantedTheme,
    Trait,
)

FIRST, LAST = days("2025-07-01"), days("2026-06-30")
N_CUSTOMERS, N_BUYERS, N_LINES, N_EVENTS = 20_000, 8_000, 60_000, 300_000

SEGMENTS = {"families": 0.30, "young_singles": 0.22, "seniors": 0.18, "adults": 0.30}
GROUPING = "life_situation"

CITIES = {
    "": {"moscow": 0.20, "saint_petersburg": 0.12, "kazan": 0.11, "yekaterinburg": 0.12,
         "novosibirsk": 0.11, "krasnodar": 0.12, "samara": 0.11, "perm": 0.11},
    "young_singles": {"moscow": 0.42, "saint_petersburg": 0.22, "kazan": 0.06,
                      "yekaterinburg": 0.06, "novosibirsk": 0.06, "krasnodar": 0.06,
                      "samara": 0.06, "perm": 0.06},
}  # fmt: skip
INTERESTS = {
    "": {"kids": 0.06, "tech": 0.16, "home": 0.16, "beauty": 0.24, "sport": 0.20, "travel": 0.18},
    "families": {"kids": 0.46, "tech": 0.09, "home": 0.10, "beauty": 0.13, "sport": 0.11,
                 "travel": 0.11},
    "young_singles": {"kids": 0.02, "tech": 0.46, "home": 0.06, "beauty": 0.17, "sport": 0.15,
                      "travel": 0.14},
    "seniors": {"kids": 0.04, "tech": 0.05, "home": 0.52, "beauty": 0.14, "sport": 0.10,
                "travel": 0.15},
}  # fmt: skip
CHANNELS = {  # preferred channel of contact
    "": {"email": 0.40, "messenger": 0.25, "push": 0.22, "phone": 0.13},
    "families": {"email": 0.26, "messenger": 0.50, "push": 0.16, "phone": 0.08},
    "young_singles": {"email": 0.18, "messenger": 0.22, "push": 0.55, "phone": 0.05},
    "seniors": {"email": 0.24, "messenger": 0.10, "push": 0.04, "phone": 0.62},
}
ACQUIRED = {  # how the customer came
    "": {"search": 0.34, "ads": 0.24, "social": 0.14, "recommendation": 0.14, "marketplace": 0.14},
    "families": {"search": 0.24, "ads": 0.17, "social": 0.11, "recommendation": 0.38,
                 "marketplace": 0.10},
    "young_singles": {"search": 0.20, "ads": 0.16, "social": 0.46, "recommendation": 0.09,
                      "marketplace": 0.09},
    "seniors": {"search": 0.34, "ads": 0.24, "social": 0.06, "recommendation": 0.20,
                "marketplace": 0.16},
}  # fmt: skip
INCOMES = {
    "": {"low": 0.20, "middle": 0.57, "high": 0.23},
    "seniors": {"low": 0.56, "middle": 0.38, "high": 0.06},
}
OCCUPATIONS = {
    "": {"employee": 0.64, "self_employed": 0.18, "student": 0.04, "at_home": 0.12,
         "retired": 0.02},
    "young_singles": {"employee": 0.50, "self_employed": 0.13, "student": 0.34, "at_home": 0.02,
                      "retired": 0.01},
    "seniors": {"employee": 0.14, "self_employed": 0.04, "student": 0.0, "at_home": 0.04,
                "retired": 0.78},
}  # fmt: skip
CATEGORIES = {
    "": {"home": 0.20, "beauty": 0.24, "electronics": 0.14, "sport": 0.16, "grocery": 0.20,
         "kids": 0.06},
    "families": {"home": 0.12, "beauty": 0.12, "electronics": 0.08, "sport": 0.10,
                 "grocery": 0.14, "kids": 0.44},
    "young_singles": {"home": 0.08, "beauty": 0.18, "electronics": 0.40, "sport": 0.18,
                      "grocery": 0.14, "kids": 0.02},
    "seniors": {"home": 0.46, "beauty": 0.12, "electronics": 0.06, "sport": 0.06,
                "grocery": 0.25, "kids": 0.05},
}  # fmt: skip
FAVOURITE = 0.6  # of a customer's lines, from the category that the customer likes most
PRICES = {"home": 2200.0, "beauty": 1200.0, "electronics": 5200.0, "sport": 2400.0,
          "grocery": 700.0, "kids": 1500.0}  # fmt: skip
ORDERS_BY_INCOME = {"low": 1.3, "middle": 1.9, "high": 3.4}  # mean orders beyond the first
PRICE_BY_INCOME = {"low": 0.85, "middle": 1.0, "high": 1.4}

REACHED = {"awareness": 0.985, "consideration": 0.89, "purchase": 0.85}
"""Share of the stage before (at first: of all customers) that is seen at the stage."""
AFTER_SALES_TO_LOYALTY = 0.66

LATE_BUYERS, LATE_ORDERS = 0.30, 0.5
CHURN_LATE, CHURN_OTHER = 0.42, 0.09
LOST_REASONS = {
    "late": {"late_delivery": 0.74, "price": 0.10, "competitor": 0.10, "moved": 0.06},
    "": {"late_delivery": 0.0, "price": 0.38, "competitor": 0.38, "moved": 0.24},
}

_T = PlantedTheme
THEMES = (
    _T(theme="misleading_ad", kind="pain", stage="awareness", rate=0.22),
    _T(theme="useful_article", kind="delight", stage="awareness", rate=0.46),
    _T(theme="hard_to_compare", kind="pain", stage="consideration", rate=0.20),
    _T(theme="hidden_delivery_cost", kind="pain", stage="consideration", rate=0.14,
       grouping=GROUPING, raised={"young_singles": 0.42}),
    _T(theme="helpful_advice", kind="delight", stage="consideration", rate=0.52),
    _T(theme="slow_form", kind="pain", stage="purchase", rate=0.48,
       grouping=GROUPING, raised={"seniors": 0.80}),
    _T(theme="payment_fails", kind="pain", stage="purchase", rate=0.18),
    _T(theme="one_click", kind="need_form", stage="purchase", rate=0.20),
    _T(theme="late_delivery", kind="pain", stage="after_sales", rate=0.18,
       grouping=GROUPING, raised={"families": 0.44}),
    _T(theme="slow_support", kind="pain", stage="after_sales", rate=0.12),
    _T(theme="polite_courier", kind="delight", stage="after_sales", rate=0.40),
    _T(theme="delivery_time", kind="need_basic", stage="after_sales", rate=0.20),
    _T(theme="irrelevant_mail", kind="pain", stage="loyalty", rate=0.20),
    _T(theme="good_quality", kind="delight", stage="loyalty", rate=0.58),
)  # fmt: skip
LATE_RATE_OF_LATE_CHURN = 0.75
"""Late delivery in the after-sales texts of customers who left because of it."""
CODING = PlantedCoding(
    texts=420, coders=("anna", "pavel", "vera"), missed=0.06, added=0.03,
    missed_of={"useful_article": 0.4}, also_meant={("late_delivery", "delivery_time"): 0.3},
)  # fmt: skip

SPRING, REDESIGN, REMINDER = "spring_offer", "checkout_redesign", "push_reminder"
SPRING_START, SPRING_DAYS = days("2026-04-06"), 28
DISCOUNT_LIFT = {"": 0.03, "families": 0.17}
DISCOUNT_BASKET = 1.3  # prices of what is put in the basket, against a basket without it
REDESIGN_FIRST, REDESIGN_LAST, REDESIGN_LIFT = days("2026-01-15"), days("2026-04-01"), 0.06
REMINDER_START, N_REMINDED, REMINDER_LOST = days("2026-05-11"), 5_200, 0.16
UNSUBSCRIBED = 0.02
LETTER, LETTER_START = "loyalty_letter", days("2026-05-18")
"""A mailing that left nobody out: its effect cannot be known."""
BANNERS, BANNER_FIRST, BANNER_DAYS, BANNER_SHOWN = "june_banners", days("2026-06-01"), 21, 40_000
"""An advertising test of which only sums are known; ads shown per day and arm."""
BANNER_CLICKS = {"price": 0.008, "delivery": 0.010}
BANNER_ORDERS, BANNER_CLICK_COST = 0.06, 9.0
"""Orders per click, alike in both arms; roubles per click."""

_FAMILIES = SEGMENTS["families"]
_DISCOUNT = DISCOUNT_LIFT["families"] * _FAMILIES + DISCOUNT_LIFT[""] * (1 - _FAMILIES)
EFFECTS = (
    PlantedEffect(experiment=SPRING, arm="discount", metric="ordered_28d", effect=_DISCOUNT,
                  direction="up"),
    PlantedEffect(experiment=SPRING, arm="discount", metric="ordered_28d",
                  segment="families", effect=DISCOUNT_LIFT["families"], direction="up"),
    *(PlantedEffect(experiment=SPRING, arm="discount", metric="ordered_28d", segment=s,
                    effect=DISCOUNT_LIFT[""], direction="up")
      for s in ("young_singles", "seniors", "adults")),
    PlantedEffect(experiment=SPRING, arm="discount", metric="revenue_28d", effect=float("nan"),
                  direction="up"),
    PlantedEffect(experiment=SPRING, arm="discount", metric="unsubscribed", effect=0.0),
    PlantedEffect(experiment=SPRING, arm="free_delivery", metric="ordered_28d", effect=0.0),
    PlantedEffect(experiment=SPRING, arm="free_delivery", metric="revenue_28d", effect=0.0),
    PlantedEffect(experiment=SPRING, arm="free_delivery", metric="unsubscribed", effect=0.0),
    PlantedEffect(experiment=REDESIGN, arm="short_form", metric="placed_1d",
                  effect=REDESIGN_LIFT, direction="up"),
    PlantedEffect(experiment=REDESIGN, arm="short_form", metric="support_14d", effect=0.0),
    PlantedEffect(experiment=BANNERS, arm="delivery", metric="clicked", direction="up",
                  effect=BANNER_CLICKS["delivery"] - BANNER_CLICKS["price"]),
    PlantedEffect(experiment=BANNERS, arm="delivery", metric="ordered_ad", direction="up",
                  effect=BANNER_ORDERS * (BANNER_CLICKS["delivery"] - BANNER_CLICKS["price"])),
    PlantedEffect(experiment=BANNERS, arm="delivery", metric="ordered_click", effect=0.0),
)  # fmt: skip
SPLITS = (
    BrokenSplit(experiment=REMINDER, expected=(0.5, 0.5),
                actual=((1 - REMINDER_LOST) / (2 - REMINDER_LOST), 1 / (2 - REMINDER_LOST))),
)  # fmt: skip
CAUSES = (ChurnCause(cause="late_delivery", churn_with=CHURN_LATE, churn_without=CHURN_OTHER),)

DIRT = (
    Dirt(file="crm_customers.csv", kind="doubled", rows=120),
    Dirt(file="crm_customers.csv", kind="blank_key", rows=15, column="customer_id"),
    Dirt(file="crm_customers.csv", kind="bad_date", rows=60, column="birth_date", is_added=False),
    Dirt(file="shop_order_lines.csv", kind="doubled", rows=300),
    Dirt(file="shop_order_lines.csv", kind="bad_date", rows=80, column="ordered_at"),
    Dirt(file="shop_order_lines.csv", kind="unknown_customer", rows=150, column="customer_id"),
    Dirt(file="shop_order_lines.csv", kind="impossible_value", rows=60, column="amount"),
    Dirt(file="shop_order_lines.csv", kind="blank_key", rows=40, column="customer_id"),
    Dirt(file="web_hits.tsv", kind="doubled", rows=900),
    Dirt(file="web_hits.tsv", kind="bad_date", rows=100, column="occurred_at"),
    Dirt(file="web_hits.tsv", kind="unknown_customer", rows=250, column="customer_id"),
    Dirt(file="feedback.xlsx", kind="doubled", rows=40),
    Dirt(file="feedback.xlsx", kind="bad_date", rows=20, column="given_at"),
    Dirt(file="feedback.xlsx", kind="impossible_value", rows=30, column="score"),
    Dirt(file="feedback.xlsx", kind="unknown_customer", rows=25, column="customer_id"),
    Dirt(file="feedback.xlsx", kind="blank_text", rows=60, column="text", is_added=False),
    Dirt(file="mailing_exposures.csv", kind="doubled", rows=40),
    Dirt(file="mailing_outcomes.csv", kind="doubled", rows=30),
)


def segments() -> tuple[PlantedSegment, ...]:
    """Return the declared segments with the traits that set them apart by a clear margin."""
    columns = {"city": CITIES, "interests": INTERESTS, "preferred_channel": CHANNELS,
               "acquisition_channel": ACQUIRED, "income_band": INCOMES,
               "occupation": OCCUPATIONS}  # fmt: skip
    return tuple(
        PlantedSegment(
            grouping=GROUPING,
            segment=segment,
            share=share,
            traits=tuple(
                Trait(
                    column=column, value=value, share=mine, elsewhere=_most(table, value, segment)
                )
                for column, table in columns.items()
                for value, mine in table.get(segment, {}).items()
                if mine > 1.6 * _most(table, value, segment) and mine > 0.15
            ),
        )
        for segment, share in SEGMENTS.items()
    )


def _most(table: dict[str, dict[str, float]], value: str, segment: str) -> float:
    """Return the largest share of a value in any other segment."""
    return max(table.get(s, table[""])[value] for s in SEGMENTS if s != segment)
