"""How a study tells which records are one customer."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cjm_research.study.phrase import Settings


class Identity(Settings):
    """Which records of `customers` are merged; without ``[identity]`` none is."""

    match: Literal["off", "keys", "all"] = "off"
    """``keys``: who shares a telephone number, an e-mail address, a tax number or a declared key,
    under one name. ``all``: beside them, who is alike in so much that chance is ruled out."""
    subjects: Literal["auto", "people", "companies"] = "auto"
    """Whose names they are; with ``auto`` a legal form or a company's tax number tells."""
    names: Annotated[list[str], Field(min_length=1)] = ["name"]
    """Columns that together are the name."""
    keys: list[str] = []
    """Columns of the study's own that hold the customer's number in another system."""
    compare: list[str] = []
    """Further columns of the study's own that are compared: street, postcode."""
    merge_from: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    """Probability from which two records are merged."""
    review_from: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Probability from which a person should look at two records."""
    other_names: Literal["auto", "apart", "may_be_slips"] = "auto"
    """``apart``: records under other names stay apart unless a tax number or declared key and the
    date of birth say otherwise. ``auto``: so too, but where the pairs that number and birthday
    prove show that names are full of slips, two other proofs outweigh a name. ``may_be_slips``:
    for registers full of slips, a number, or date of birth and address, outweigh the name; twins
    at one address are then merged."""
    decisions: str | None = None
    """CSV file beside the study file: who was looked at and is the same, or is to stay apart."""

    @model_validator(mode="after")
    def _limits_are_ordered(self) -> Self:
        if self.review_from > self.merge_from:
            raise ValueError(
                f"review_from must not be above merge_from ({self.merge_from:g});"
                f" got {self.review_from:g}"
            )
        return self
