"""Makes each kind of component out of its raw JSON; faults are collected, not raised, so that all are seen at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from math import prod
from typing import Any

import regex

from app.feel import Function
from app.workflow.forms import schema_keys
from app.workflow.forms.components import (
    Button,
    Checkbox,
    Choice,
    Component,
    Computed,
    Files,
    Image,
    Limit,
    Moment,
    MultiChoice,
    Number,
    Option,
    Separator,
    Spacer,
    Text,
    TextField,
    TextPart,
)
from app.workflow.forms.errors import FormFinding
from app.workflow.forms.expressions import Expression, ExpressionRefused, compile_feel, compile_text

_UNKNOWN_TIME_FORMATS = "utc_normalized"
_PATTERN_LENGTH = 500


class Reader:
    """The raw JSON of one component, with the checks that all components share."""

    def __init__(
        self, name: str, raw: Mapping[str, Any], functions: Mapping[str, Function], findings: list[FormFinding],
    ) -> None:
        self.name, self.raw = name, raw
        self._functions, self._findings = functions, findings

    def fault(self, message: str) -> None:
        """Notes what is wrong with this component."""
        self._findings.append(FormFinding(self.name, message, str(self.raw.get("id") or "")))

    def only(self, raw: Mapping[str, Any], known: frozenset[str], what: str) -> None:
        """Refuses keys that nobody would honour."""
        for key in sorted(set(raw) - known):
            self.fault(f"{what}里有不支持的键“{key}”")

    def inner(self, key: str, known: frozenset[str]) -> Mapping[str, Any]:
        """An object inside the component, with known keys only."""
        value = self.raw.get(key) or {}
        if not isinstance(value, dict):
            self.fault(f"{key} 须为对象")
            return {}
        self.only(value, known, key)
        return value

    def properties(self, known: frozenset[str]) -> dict[str, str]:
        """The custom properties; their keys must mean something here."""
        raw = self.raw.get("properties") or {}
        if not isinstance(raw, dict):
            self.fault("properties 须为对象")
            return {}
        allowed = known | schema_keys.PROPERTIES_ANY
        for key in raw:
            if key not in allowed and key.partition(":")[0] + ":" not in allowed:
                self.fault(f"properties 里有不支持的键“{key}”")
        return {str(key): str(value) for key, value in raw.items()}

    def text(self, value: Any, key: str) -> Text:
        """A text that may hold FEEL."""
        if value is None:
            return ""
        if not isinstance(value, str):
            self.fault(f"{key} 须为文字")
            return ""
        try:
            return compile_text(value, self._functions)
        except ExpressionRefused as reason:
            self.fault(f"{key}：{reason}")
            return ""

    def expression(self, value: Any, key: str) -> Expression | None:
        """FEEL behind a leading `=`; None where nothing is written."""
        if value in (None, ""):
            return None
        if not isinstance(value, str) or not value.startswith("="):
            self.fault(f"{key} 须为以“=”开头的 FEEL 表达式")
            return None
        try:
            return compile_feel(value[1:], self._functions)
        except ExpressionRefused as reason:
            self.fault(f"{key}：{reason}")
            return None

    def limit(self, value: Any, key: str, kind: Callable[[Any], Any]) -> Limit:
        """A constant of `kind`, or FEEL that will give one."""
        if value in (None, ""):
            return None
        if isinstance(value, str) and value.startswith("="):
            return self.expression(value, key)
        try:
            if isinstance(value, bool):
                raise TypeError
            return kind(value)
        except (ValueError, TypeError, InvalidOperation):
            self.fault(f"{key} 的值“{value}”无效")
            return None

    def flag(self, value: Any, key: str) -> Limit:
        """true, false, or FEEL."""
        if value in (None, "", "false"):
            return False
        if value == "true" or isinstance(value, bool):
            return value is not False
        return self.expression(value, key) or False

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """A constant whole number within bounds."""
        value = self.raw.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.fault(f"{key} 须为 {low} 到 {high} 的整数")
            return default
        return value

    def common(self, properties: Mapping[str, str]) -> dict[str, Any]:
        """What every component has."""
        conditional = self.inner("conditional", schema_keys.CONDITIONAL)
        layout = self.inner("layout", schema_keys.LAYOUT)
        columns = layout.get("columns")
        return {
            "id": str(self.raw.get("id", "")),
            "type": str(self.raw["type"]),
            "label": self.text(self.raw.get("label"), "label"),
            "hide": self.expression(conditional.get("hide"), "conditional.hide"),
            "row": str(layout["row"]) if layout.get("row") else None,
            "columns": columns if isinstance(columns, int) else None,
            "properties": dict(properties),
        }

    def field(self, properties: Mapping[str, str]) -> dict[str, Any]:
        """What every field has."""
        kind = str(self.raw["type"])
        validate = self.inner("validate", schema_keys.VALIDATE.get(kind, schema_keys.VALIDATE_ANY))
        default = self.raw.get("defaultValue")
        if isinstance(default, str) and default.startswith("="):
            default = self.expression(default, "defaultValue")
        locked = self.raw.get("disabled") is True or self.flag(self.raw.get("readonly"), "readonly")
        return {
            **self.common(properties),
            "key": str(self.raw.get("key") or ""),
            "description": self.text(self.raw.get("description"), "description"),
            "required": self.flag(validate.get("required"), "validate.required"),
            "readonly": locked,
            "default": default,
        }

    def known_properties(self) -> dict[str, str]:
        """The custom properties of this component's type."""
        return self.properties(schema_keys.PROPERTIES.get(str(self.raw["type"]), frozenset()))

    @property
    def validate(self) -> Mapping[str, Any]:
        """The raw validation object."""
        value = self.raw.get("validate")
        return value if isinstance(value, dict) else {}


def _text_field(reader: Reader) -> TextField:
    properties, rules = reader.known_properties(), reader.validate
    appearance = reader.inner("appearance", schema_keys.APPEARANCE)
    for ours, theirs in (("prefix", "prefixAdorner"), ("suffix", "suffixAdorner")):
        if appearance.get(theirs):
            properties.setdefault(ours, str(appearance[theirs]))
    kind = rules.get("validationType") or ""
    if kind not in ("", "email", "phone"):
        reader.fault(f"validationType“{kind}”不受支持，只能是 email 或 phone")
    return TextField(
        **reader.field(properties),
        multiline=reader.raw["type"] == "textarea",
        min_length=reader.limit(rules.get("minLength"), "minLength", int),
        max_length=reader.limit(rules.get("maxLength"), "maxLength", int),
        pattern=_pattern(reader, rules.get("pattern")),
        pattern_message=str(rules.get("patternErrorMessage") or ""),
        kind="email" if kind == "email" else "phone" if kind == "phone" else "",
    )


def _pattern(reader: Reader, text: Any) -> Any:
    """A regular expression without nested repetition, which could take for ever on chosen input.

    What gets by this look is still searched with a time limit (`checks`), hence the engine that has one.
    """
    if not text:
        return None
    written = str(text)
    if len(written) > _PATTERN_LENGTH or _NESTED_REPEAT.search(written) or _repeats(written) > _MOST_REPEATS:
        reader.fault(f"pattern“{written[:_PATTERN_LENGTH]}”过长或有嵌套的重复，可能无法在限定时间内核对")
        return None
    try:
        re.compile(written, re.ASCII)
        return regex.compile(written, regex.ASCII)
    except (re.error, regex.error, RecursionError, OverflowError) as error:
        reader.fault(f"pattern“{written}”不是有效的正则表达式：{getattr(error, 'msg', error)}")
        return None


def _repeats(written: str) -> int:
    """How often at most something is written out: counted repeats, multiplied as if each stood within the last."""
    found = [[int(part) for part in counted if part] for counted in _COUNTED.findall(written)]
    return prod(max(1, *one) for one in found)


_COUNTED = re.compile(r"\{(\d+),?(\d*)\}", re.ASCII)
_MOST_REPEATS = 10_000
#: A group that repeats inside and is itself repeated without bound: (a+)+, (a|b*)*, (\d{2,})+.
_NESTED_REPEAT = re.compile(r"\((?:[^()\\]|\\.)*(?:[*+]|\{\d+,\d*\})(?:[^()\\]|\\.)*\)(?:[*+]|\{\d+,\d*\})")


def _number(reader: Reader) -> Number:
    rules, digits = reader.validate, reader.raw.get("decimalDigits")
    if digits is not None and (not isinstance(digits, int) or isinstance(digits, bool) or digits < 0):
        reader.fault("decimalDigits 须为不小于 0 的整数")
        digits = None
    reader.inner("appearance", schema_keys.APPEARANCE)
    step = reader.limit(reader.raw.get("increment"), "increment", _decimal)
    if isinstance(step, Expression) or (step is not None and step <= 0):
        reader.fault("increment 须为大于 0 的常数")
        step = None
    return Number(
        **reader.field(reader.known_properties()),
        minimum=reader.limit(rules.get("min"), "min", _decimal),
        maximum=reader.limit(rules.get("max"), "max", _decimal),
        decimals=digits,
        increment=step,
        as_text=reader.raw.get("serializeToString") is True,
    )


def _decimal(value: Any) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError(value)
    return number


def _options(reader: Reader, properties: Mapping[str, str]) -> tuple[Option, ...] | Expression:
    given = [key for key in ("values", "valuesKey", "valuesExpression") if reader.raw.get(key)]
    if len(given) != 1:
        reader.fault("选项须由 values、valuesKey 或 valuesExpression 之一给出")
        return ()
    if given[0] == "valuesKey":
        return reader.expression("=" + str(reader.raw["valuesKey"]), "valuesKey") or ()
    if given[0] == "valuesExpression":
        return reader.expression(reader.raw["valuesExpression"], "valuesExpression") or ()
    options = []
    for raw in reader.raw["values"]:
        if not isinstance(raw, dict) or not isinstance(raw.get("value"), str) or set(raw) - schema_keys.OPTION:
            reader.fault("values 的每一项须只有 value 和 label 两个文字")
            continue
        value = raw["value"]
        hint, article, mark = (properties.get(f"{key}:{value}", "") for key in ("hint", "article", "mark"))
        options.append(Option(value, str(raw.get("label") or value), hint, article, mark))
    if len({option.value for option in options}) != len(options):
        reader.fault("values 中有重复的 value")
    return tuple(options)


def _choice(reader: Reader) -> Choice:
    properties = reader.known_properties()
    return Choice(**reader.field(properties), options=_options(reader, properties))


def _multi_choice(reader: Reader) -> MultiChoice:
    properties = reader.known_properties()
    return MultiChoice(
        **reader.field(properties),
        options=_options(reader, properties),
        min_items=reader.limit(properties.get("minItems"), "minItems", int),
        max_items=reader.limit(properties.get("maxItems"), "maxItems", int),
        every=reader.flag(properties.get("every"), "every"),
    )


def _moment(reader: Reader) -> Moment:
    properties, subtype = reader.known_properties(), reader.raw.get("subtype", "date")
    if subtype not in ("date", "time", "datetime"):
        reader.fault(f"subtype“{subtype}”须为 date、time 或 datetime")
        subtype = "date"
    if reader.raw.get("timeSerializingFormat") == _UNKNOWN_TIME_FORMATS:
        reader.fault("时间一律按北京时间保存，timeSerializingFormat 不能是 utc_normalized")
    common = reader.field(properties)
    own_label = reader.raw.get("timeLabel" if subtype == "time" else "dateLabel")
    common["label"] = reader.text(own_label or reader.raw.get("label"), "dateLabel")
    reads: Callable[[Any], Any] = {
        "date": date.fromisoformat, "time": time.fromisoformat, "datetime": datetime.fromisoformat,
    }[subtype]
    return Moment(
        **common,
        subtype=subtype,
        minimum=reader.limit(properties.get("minDate"), "minDate", reads),
        maximum=reader.limit(properties.get("maxDate"), "maxDate", reads),
        not_before_today=reader.raw.get("disallowPassedDates") is True,
    )


def _files(reader: Reader) -> Files:
    properties = reader.known_properties()
    accept = str(reader.raw.get("accept") or "")
    return Files(
        **reader.field(properties),
        accept=tuple(part.strip().lower() for part in accept.split(",") if part.strip()),
        multiple=reader.raw.get("multiple") is True,
        max_kb=reader.limit(properties.get("maxKb"), "maxKb", int),
    )


def _checkbox(reader: Reader) -> Checkbox:
    return Checkbox(**reader.field(reader.known_properties()))


def _computed(reader: Reader) -> Computed:
    common = reader.common(reader.known_properties())
    expression = reader.expression(reader.raw.get("expression"), "expression")
    if expression is None:
        reader.fault("计算值须写 expression")
        expression = compile_feel("null", {})
    return Computed(
        **common, key=str(reader.raw.get("key") or ""), expression=expression,
        description=reader.text(reader.raw.get("description"), "description"), readonly=True,
    )


def _text_part(reader: Reader) -> TextPart:
    return TextPart(**reader.common(reader.known_properties()), text=reader.text(reader.raw.get("text"), "text"))


def _image(reader: Reader) -> Image:
    source = str(reader.raw.get("source") or "")
    if not source.startswith("/") or source.startswith("//") or "\\" in source:
        reader.fault("图片只能取自本站，地址须以一个“/”开头")
    return Image(**reader.common(reader.known_properties()), source=source, alt=str(reader.raw.get("alt") or ""))


def _button(reader: Reader) -> Button:
    action = reader.raw.get("action", "submit")
    if action not in ("submit", "reset"):
        reader.fault(f"按钮的 action“{action}”须为 submit 或 reset")
        action = "submit"
    return Button(**reader.common(reader.known_properties()), action=action)


def _separator(reader: Reader) -> Separator:
    return Separator(**reader.common(reader.known_properties()))


def _spacer(reader: Reader) -> Spacer:
    return Spacer(**reader.common(reader.known_properties()))


BUILDERS: Mapping[str, Callable[[Reader], Component]] = {
    "textfield": _text_field,
    "textarea": _text_field,
    "number": _number,
    "checkbox": _checkbox,
    "checklist": _multi_choice,
    "taglist": _multi_choice,
    "radio": _choice,
    "select": _choice,
    "datetime": _moment,
    "filepicker": _files,
    "expression": _computed,
    "text": _text_part,
    "image": _image,
    "separator": _separator,
    "spacer": _spacer,
    "button": _button,
}
