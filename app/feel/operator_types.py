"""Which types the operators take, and what they give. "Any" stands for a type that is not known."""

from __future__ import annotations

from app.feel.kinds import FeelType

_DAYS, _MONTHS = "days and time duration", "years and months duration"
ORDERED_TYPES = frozenset(
    ("number", "string", "date", "time", "date and time", _DAYS, _MONTHS, "duration", "Any", "Null")
)
PROPERTY_TYPES: dict[str, dict[str, str]] = {
    "date": dict.fromkeys(("year", "month", "day", "weekday"), "number"),
    "time": {
        **dict.fromkeys(("hour", "minute", "second"), "number"),
        "time offset": _DAYS,
        "timezone": "string",
    },
    _DAYS: dict.fromkeys(("days", "hours", "minutes", "seconds"), "number"),
    _MONTHS: dict.fromkeys(("years", "months"), "number"),
    "range": {"start": "Any", "end": "Any", "start included": "boolean", "end included": "boolean"},
}
PROPERTY_TYPES["date and time"] = {**PROPERTY_TYPES["date"], **PROPERTY_TYPES["time"]}
PROPERTY_TYPES["duration"] = {**PROPERTY_TYPES[_DAYS], **PROPERTY_TYPES[_MONTHS]}

_ADDED = {
    ("number", "number"): "number",
    ("string", "string"): "string",
    (_DAYS, _DAYS): _DAYS,
    (_MONTHS, _MONTHS): _MONTHS,
    ("date", _DAYS): "date",
    ("date", _MONTHS): "date",
    ("time", _DAYS): "time",
    ("date and time", _DAYS): "date and time",
    ("date and time", _MONTHS): "date and time",
}
_SUBTRACTED = {pair: result for pair, result in _ADDED.items() if pair != ("string", "string")} | {
    (left, right): _DAYS for left in ("date", "date and time") for right in ("date", "date and time")
}
_SUBTRACTED["time", "time"] = _DAYS
_MULTIPLIED = {("number", "number"): "number", (_DAYS, "number"): _DAYS, (_MONTHS, "number"): _MONTHS}
_RESULTS: dict[str, dict[tuple[str, str], str]] = {
    "+": _ADDED | {(right, left): result for (left, right), result in _ADDED.items()},
    "-": _SUBTRACTED,
    "*": _MULTIPLIED | {(right, left): result for (left, right), result in _MULTIPLIED.items()},
    "/": _MULTIPLIED | {(_DAYS, _DAYS): "number", (_MONTHS, _MONTHS): "number"},
    "**": {("number", "number"): "number"},
}


def arithmetic_type(operator: str, left: str, right: str) -> str | None:
    """The type of an operation's result: "Any" if the operands do not tell, None if the operation is impossible."""
    table = _RESULTS[operator]
    results = {result for pair, result in table.items() if _admits(pair[0], left) and _admits(pair[1], right)}
    if not results:
        return None
    return results.pop() if len(results) == 1 else "Any"


def _admits(wanted: str, found: str) -> bool:
    """Null is let through: `null + 1` is null, but a variable's type may well be null for now."""
    return found in ("Any", "Null", wanted) or (found == "duration" and wanted in (_DAYS, _MONTHS))


def comparable(left: FeelType, right: FeelType) -> bool:
    """Whether values of the two types can be compared at all."""
    unknown = ("Any", "Null")
    if left.name in unknown or right.name in unknown or left.name == right.name:
        return True
    return "duration" in (left.name, right.name) and all(
        one.name.endswith("duration") for one in (left, right)
    )
