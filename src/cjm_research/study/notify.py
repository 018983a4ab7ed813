"""Who is told when a run fails, recovers, or a finding crosses a line. Off unless declared."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cjm_research.study.phrase import Settings

Event = Literal["failure", "recovery", "finding"]


class Threshold(Settings):
    """A finding that is watched."""

    finding: str
    """Id of the finding, as ``findings.json`` has it."""
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _has_a_line(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError(f"{self.finding}: give either above or below")
        return self


class Notify(Settings):
    """Where messages go. Addresses of hooks and passwords stand in the environment, never here."""

    webhook_env: Annotated[str, Field(pattern="^[A-Z][A-Z0-9_]*$")] | None = None
    """Variable of the environment that holds the address of a hook (https)."""
    email_to: list[str] = []
    smtp_env: Annotated[str, Field(pattern="^[A-Z][A-Z0-9_]*$")] = "CJM_SMTP"
    """Variable that holds the mail server: ``smtps://user:password@host:465``."""
    email_from: str = ""
    on: list[Event] = ["failure", "recovery", "finding"]
    thresholds: list[Threshold] = []

    @property
    def is_on(self) -> bool:
        """Whether anybody is told anything."""
        return bool(self.webhook_env or self.email_to)
