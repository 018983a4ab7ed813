"""Words of the user's own, in one or several languages."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, RootModel, model_validator

Language = Literal["en", "ru", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Settings(BaseModel):
    """Base of every part of the study file: frozen; unknown keys and infinity are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Phrase(RootModel[dict[str, str]]):
    """A text of the study file; a plain string stands for every language.

    Examples
    --------
    >>> Phrase.model_validate("Заявка").text("zh")
    'Заявка'
    >>> Phrase.model_validate({"en": "Order", "ru": "Заказ"}).text("ru")
    'Заказ'
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if isinstance(value, str):
            return dict.fromkeys(LANGUAGES, value)
        if isinstance(value, dict):
            unknown = sorted(set(value) - set(LANGUAGES))
            if unknown:
                raise ValueError(f"language {unknown[0]!r} is not one of {list(LANGUAGES)}")
            if not value:
                raise ValueError("a text in at least one language is needed")
        return value

    def text(self, language: str) -> str:
        """Return the words in `language`, else in English, else in any language there is."""
        words = self.root
        return words.get(language) or words.get("en") or next(iter(words.values()))

    def has(self, language: str) -> bool:
        """Tell whether the phrase is written in `language`."""
        return bool(self.root.get(language))
