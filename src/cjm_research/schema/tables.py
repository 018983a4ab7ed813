"""The canonical tables, as data: what cleaning fills and every analysis reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjm_research.errors import ParameterError
from cjm_research.schema.columns import Column, Kind, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

FEEDBACK_KINDS = (
    "nps", "csat", "ces", "rating", "importance", "satisfaction", "kano_functional",
    "kano_dysfunctional", "choice", "open", "ticket", "interview",
)  # fmt: skip
ORDER_STATUSES = ("completed", "returned", "cancelled")
CUSTOMER_STATUSES = ("lead", "current", "lost")
DEAL_OUTCOMES = ("open", "won", "lost")


def _columns(kind: Kind, names: str, *, personal: bool = False) -> Iterable[Column]:
    return (Column(name=n, kind=kind, personal=personal) for n in names.split())


def _needed(kind: Kind, name: str, choices: tuple[str, ...] = ()) -> Column:
    return Column(name=name, kind=kind, required=True, choices=choices)


_CUSTOMER = _needed(Kind.ID, "customer_id")
_ONE_CUSTOMER = Column(name="customer_id", kind=Kind.ID)

_TABLES = (
    Table(
        name="customers", row="a person or a company", key="customer_id", customer="customer_id",
        columns=(
            _CUSTOMER,
            *_columns(Kind.TEXT, "name email phone tax_id", personal=True),
            Column(name="status", kind=Kind.CHOICE, choices=CUSTOMER_STATUSES),
            *_columns(
                Kind.TEXT,
                "lost_reason manager preferred_channel legal_form industry_code gender country"
                " region city income_band education occupation household interests niche"
                " business_type company_size contract_type acquisition_channel",
            ),
            Column(name="referred_by", kind=Kind.ID),
            Column(name="employees", kind=Kind.INTEGER, low=0),
            Column(name="annual_revenue", kind=Kind.MONEY),
            Column(name="sites", kind=Kind.INTEGER, low=0),
            Column(name="birth_date", kind=Kind.DATE, personal=True),
            *_columns(Kind.DATE, "contract_until acquired_on churned_on"),
            *_columns(Kind.TIME, "last_contact_at updated_at"),
            *_columns(Kind.BOOLEAN, "consent_marketing is_churned"),
        ),
    ),
    Table(
        name="orders", row="an order line or a shipment", key=None, customer="customer_id",
        columns=(
            _CUSTOMER,
            _needed(Kind.MONEY, "amount"),
            Column(name="order_id", kind=Kind.ID),
            *_columns(Kind.TIME, "ordered_at promised_at delivered_at"),
            *_columns(Kind.NUMBER, "quantity weight"),
            *_columns(
                Kind.TEXT,
                "product category cargo_type transport_mode origin destination channel currency",
            ),
            Column(name="status", kind=Kind.CHOICE, choices=ORDER_STATUSES),
            *_columns(Kind.MONEY, "cost discount"),
            *_columns(Kind.DATE, "invoice_due_on paid_on"),
            *_columns(Kind.BOOLEAN, "is_damaged is_charge"),
        ),
    ),
    Table(
        name="deals", row="a lead or a deal", key="deal_id", customer="customer_id",
        columns=(
            _needed(Kind.ID, "deal_id"),
            _CUSTOMER,
            _needed(Kind.TEXT, "stage"),
            *_columns(Kind.TEXT, "pipeline lost_reason source manager currency"),
            *_columns(Kind.MONEY, "amount"),
            *_columns(Kind.TIME, "created_at closed_at"),
            Column(name="outcome", kind=Kind.CHOICE, choices=DEAL_OUTCOMES),
        ),
    ),
    Table(
        name="contacts", row="a person at a company", key="contact_id", customer="customer_id",
        columns=(
            _needed(Kind.ID, "contact_id"),
            _CUSTOMER,
            *_columns(Kind.TEXT, "role"),
            *_columns(Kind.TEXT, "name email phone", personal=True),
        ),
    ),
    Table(
        name="contracts", row="a contract", key="contract_id", customer="customer_id",
        columns=(
            _needed(Kind.ID, "contract_id"),
            _CUSTOMER,
            *_columns(Kind.TEXT, "type currency"),
            *_columns(Kind.DATE, "starts_on ends_on"),
            *_columns(Kind.NUMBER, "committed_volume"),
        ),
    ),
    Table(
        name="care_contacts", row="a visit, call or greeting that was made",
        key=None, customer="customer_id",
        columns=(
            _CUSTOMER,
            _needed(Kind.TEXT, "kind"),
            *_columns(Kind.TIME, "made_at"),
            *_columns(Kind.TEXT, "manager result"),
        ),
    ),
    Table(
        name="rivals", row="a rival as the market sees it", key="brand", customer=None,
        columns=(
            _needed(Kind.TEXT, "brand"),
            *_columns(Kind.TEXT, "channel method price_note note"),
        ),
    ),
    Table(
        name="events", row="one contact with the brand", key="event_id", customer="customer_id",
        columns=(
            Column(name="event_id", kind=Kind.ID),
            _CUSTOMER,
            _needed(Kind.TEXT, "name"),
            *_columns(Kind.TIME, "occurred_at"),
            Column(name="sequence", kind=Kind.INTEGER),
            Column(name="session_id", kind=Kind.ID),
            *_columns(Kind.TEXT, "channel touchpoint campaign currency"),
            *_columns(Kind.MONEY, "value"),
        ),
    ),
    Table(
        name="feedback", row="one answer, review, ticket or interview remark",
        key="feedback_id", customer="customer_id",
        columns=(
            Column(name="feedback_id", kind=Kind.ID),
            _needed(Kind.CHOICE, "kind", FEEDBACK_KINDS),
            _ONE_CUSTOMER,
            Column(name="respondent", kind=Kind.ID),
            *_columns(Kind.TIME, "given_at first_response_at resolved_at"),
            *_columns(Kind.NUMBER, "score scale_min scale_max weight"),
            *_columns(
                Kind.TEXT,
                "question text language touchpoint channel brand emotion speaker role status",
            ),
        ),
    ),
    Table(
        name="exposures", row="a unit shown an arm of an experiment",
        key=None, customer="unit_id",
        columns=(
            _needed(Kind.TEXT, "experiment"),
            _needed(Kind.ID, "unit_id"),
            _needed(Kind.TEXT, "arm"),
            *_columns(Kind.TIME, "exposed_at"),
            *_columns(Kind.TEXT, "stratum"),
            Column(name="cluster", kind=Kind.ID),
        ),
    ),
    Table(
        name="outcomes", row="a metric of a unit", key=None, customer="unit_id",
        columns=(
            _needed(Kind.TEXT, "experiment"),
            _needed(Kind.ID, "unit_id"),
            _needed(Kind.TEXT, "metric"),
            _needed(Kind.NUMBER, "value"),
            *_columns(Kind.TIME, "observed_at"),
            *_columns(Kind.BOOLEAN, "is_covariate"),
        ),
    ),
    Table(
        name="campaign_totals", row="the sums of one arm", key=None, customer=None,
        columns=(
            _needed(Kind.TEXT, "experiment"),
            _needed(Kind.TEXT, "arm"),
            _needed(Kind.TEXT, "metric"),
            Column(name="n", kind=Kind.NUMBER, required=True, low=0),
            _needed(Kind.NUMBER, "total"),
            Column(name="variance", kind=Kind.NUMBER, low=0),
            *_columns(Kind.DATE, "date"),
            *_columns(Kind.TIME, "looked_at"),
            *_columns(Kind.BOOLEAN, "is_cumulative"),
            *_columns(Kind.TEXT, "currency"),
        ),
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {t.name: t for t in _TABLES}
"""Every canonical table by name."""


def table(name: str) -> Table:
    """Return the declaration of a canonical table.

    Raises
    ------
    ParameterError
        If there is no table of that name.

    Examples
    --------
    >>> table("orders").required
    ('customer_id', 'amount')
    """
    if name not in TABLES:
        raise ParameterError.unknown("table", name, known=TABLES)
    return TABLES[name]
