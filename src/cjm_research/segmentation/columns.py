"""What each column of `features` means, as data."""

from __future__ import annotations

from dataclasses import dataclass

from cjm_research.results import Unit

FROM_ORDERS = frozenset(
    ["n_orders", "n_order_days", "revenue", "revenue_share", "average_order", "orders_per_year",
     "order_value_rate", "profit", "recency_days", "first_order_days", "gap_median_days",
     "gap_p80_days", "gap_spread", "n_returns", "n_categories", "peak_quarter_share",
     "contract_share", "return_share", "late_share", "damaged_share"]
)  # fmt: skip
"""Numbers that only orders tell: described among customers who ordered."""

VOICE_PREFIXES = {"pain_": "pain", "need_": "need", "delight_": "delight"}
"""Beginning of a yes/no column of a theme, and the kind of theme it is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One column of `features`."""

    name: str
    unit: Unit
    dtype: str
    meaning: str


_NUMBER, _COUNT, _TEXT, _FLAG = "float64", "Int64", "string[pyarrow]", "boolean"

_DECLARED = (
    ("n_orders", Unit.COUNT, _COUNT,
     "orders placed and not cancelled; a line is an order where lines carry no order_id"),
    ("n_order_days", Unit.COUNT, _COUNT, "different days with an order"),
    ("revenue", Unit.MONEY, _NUMBER, "amounts kept: neither cancelled nor returned, less refunds"),
    ("revenue_share", Unit.SHARE, _NUMBER, "part of the revenue of all customers"),
    ("average_order", Unit.MONEY, _NUMBER, "revenue by order"),
    ("orders_per_year", Unit.NUMBER, _NUMBER,
     "orders of the last 365 days by the customer's own time in them, at least 180 days"),
    ("order_value_rate", Unit.MONEY, _NUMBER,
     "orders per year times their average amount, over the same days"),
    ("profit", Unit.MONEY, _NUMBER, "amount less cost over kept lines whose cost is known"),
    ("recency_days", Unit.DAYS, _NUMBER, "days since the last order"),
    ("first_order_days", Unit.DAYS, _NUMBER, "days since the first order"),
    ("gap_median_days", Unit.DAYS, _NUMBER, "median days between two order days"),
    ("gap_p80_days", Unit.DAYS, _NUMBER,
     "80th percentile of the days between two order days: longer silence is unusual for them"),
    ("gap_spread", Unit.NUMBER, _NUMBER,
     "standard deviation of the gaps by their mean: near 0 a clockwork, from 1 on without rhythm"),
    ("peak_quarter", Unit.LABEL, _TEXT,
     "quarter of most order days of the last 365, from four order days on"),
    ("peak_quarter_share", Unit.SHARE, _NUMBER, "its part of them"),
    ("n_returns", Unit.COUNT, _COUNT, "returned or refunded lines"),
    ("return_share", Unit.SHARE, _NUMBER, "returned or refunded lines by lines bought, at most 1"),
    ("late_share", Unit.SHARE, _NUMBER,
     "deliveries on a later day than promised, of those with both days known"),
    ("damaged_share", Unit.SHARE, _NUMBER, "damaged lines of those where it is known"),
    ("main_category", Unit.LABEL, _TEXT, "category of most lines bought"),
    ("main_category_share", Unit.SHARE, _NUMBER, "its part of the lines whose category is known"),
    ("main_cargo_type", Unit.LABEL, _TEXT, "cargo type of most shipments"),
    ("main_cargo_type_share", Unit.SHARE, _NUMBER, "its part of the shipments"),
    ("main_channel", Unit.LABEL, _TEXT, "sales channel of most lines bought"),
    ("main_channel_share", Unit.SHARE, _NUMBER, "its part of the lines whose channel is known"),
    ("n_categories", Unit.COUNT, _COUNT, "different categories bought"),
    ("contract_share", Unit.SHARE, _NUMBER, "lines bought on a day that a contract covered"),
    ("tenure_days", Unit.DAYS, _NUMBER, "days since acquired, or since the first order if earlier"),
    ("age", Unit.NUMBER, _NUMBER, "whole years, from the date of birth"),
    ("has_contract", Unit.YES_NO, _FLAG, "a contract is in force on the day"),
    ("n_events", Unit.COUNT, _COUNT, "contacts with the brand"),
    ("last_event_days", Unit.DAYS, _NUMBER, "days since the last contact with the brand"),
    ("n_visits", Unit.COUNT, _COUNT, "sessions, or runs of events without a pause of 30 minutes"),
    ("visit_minutes", Unit.NUMBER, _NUMBER, "median minutes from first to last event of a visit"),
    ("n_feedback", Unit.COUNT, _COUNT, "answers, reviews and tickets with words"),
    ("mood", Unit.MOOD, _NUMBER, "mean sentiment of their sentences"),
)  # fmt: skip

FEATURES: dict[str, Feature] = {
    name: Feature(name=name, unit=unit, dtype=dtype, meaning=meaning)
    for name, unit, dtype, meaning in _DECLARED
}
"""Every column that `features` always has, besides `customer_id`; the yes/no columns of themes
(``pain_THEME``, ``need_THEME``, ``delight_THEME``) come after them. A theme's column is unknown
for a customer who gave no feedback where the theme belongs (see `themes`): silence is not the
absence of a pain. Last come the shares of purchases by value (``category_share_VALUE``,
``cargo_share_VALUE``, ``channel_share_VALUE``) of the twelve commonest values
each, known from four lines on; then ``main_COLUMN``, the commonest value of each other text of
order lines that has at most sixty values (a country of delivery, a destination), and
``seen_COLUMN``, the same of the texts that a study declares of events: what customers look at."""


def voice_kind(column: str) -> str:
    """Return ``pain``, ``need`` or ``delight`` for a theme's column, else an empty text.

    Examples
    --------
    >>> voice_kind("pain_late_documents"), voice_kind("revenue")
    ('pain', '')
    """
    return next((k for p, k in VOICE_PREFIXES.items() if column.startswith(p)), "")


def unit_of(column: str) -> Unit:
    """Return the unit of a column of `features`; of any other a plain number.

    Examples
    --------
    >>> [str(unit_of(c)) for c in ("revenue", "category_share_kids", "bonus_balance")]
    ['money', 'share', 'number']
    """
    if column in FEATURES:
        return FEATURES[column].unit
    is_share = column.startswith(("category_share_", "cargo_share_", "channel_share_"))
    return Unit.SHARE if is_share else Unit.NUMBER
