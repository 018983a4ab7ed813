"""What can be wrong with a row or a value; the catalogues have words for each: ``issue.CODE``."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Why a row was set aside, a value left out, or something flagged."""

    # found while reading
    LONG_ROW = "long_row"
    SHORT_ROW = "short_row"
    STRAY_QUOTE = "stray_quote"
    REPEATED_HEADER = "repeated_header"
    TOTAL_ROW = "total_row"
    REPAIRED_ENCODING = "repaired_encoding"
    UNCERTAIN_ENCODING = "uncertain_encoding"
    MOJIBAKE = "mojibake"
    LOST_LETTERS = "lost_letters"
    HIDDEN_ROWS = "hidden_rows"
    ERROR_CELL = "error_cell"
    MERGED_CELLS = "merged_cells"
    GROUP_ROW = "group_row"
    BROKEN_RECORD = "broken_record"
    # found while parsing
    UNREADABLE_NUMBER = "unreadable_number"
    AMBIGUOUS_NUMBER = "ambiguous_number"
    MIXED_DECIMALS = "mixed_decimals"
    MIXED_CURRENCIES = "mixed_currencies"
    UNREADABLE_DATE = "unreadable_date"
    AMBIGUOUS_DATE = "ambiguous_date"
    MIXED_DAY_ORDER = "mixed_day_order"
    SENTINEL_DATE = "sentinel_date"
    MIXED_EPOCHS = "mixed_epochs"
    MIXED_UNITS = "mixed_units"
    UNREADABLE_BOOLEAN = "unreadable_boolean"
    UNKNOWN_CHOICE = "unknown_choice"
    ROUNDED_ID = "rounded_id"
    FORMULA_CELL = "formula_cell"
    UNREADABLE_PHONE = "unreadable_phone"
    UNREADABLE_EMAIL = "unreadable_email"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    # found by the rules of a row
    MISSING_REQUIRED = "missing_required"
    OUT_OF_RANGE = "out_of_range"
    NEGATIVE_QUANTITY = "negative_quantity"
    NEGATIVE_AMOUNT = "negative_amount"
    BIRTH_IN_FUTURE = "birth_in_future"
    IMPLAUSIBLE_BIRTH = "implausible_birth"
    FUTURE_DATE = "future_date"
    DELIVERED_BEFORE_ORDERED = "delivered_before_ordered"
    ENDS_BEFORE_START = "ends_before_start"
    SCORE_OUTSIDE_SCALE = "score_outside_scale"
    EMPTY_FEEDBACK = "empty_feedback"
    EXCLUDED = "excluded"
    # found across rows and tables
    DOUBLE = "double"
    CONFLICTING_KEY = "conflicting_key"
    SAME_CONTENT = "same_content"
    MERGED = "merged"
    SAME_CUSTOMER = "same_customer"
    CONTRADICTING_SOURCES = "contradicting_sources"
    UNKNOWN_CUSTOMER = "unknown_customer"
