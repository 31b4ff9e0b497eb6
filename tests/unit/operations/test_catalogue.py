"""The catalogue: what may be registered, and that values are checked on the way in and out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, cast

import pytest

from app.core.actor import SYSTEM
from app.core.clock import ZONE
from app.operations import Catalogue, OperationContext, OperationError, discover, shape_of


class Degree(StrEnum):
    DOCTOR = "doctor"
    MASTER = "master"


@dataclass(frozen=True)
class Reason:
    text: str
    article: str | None = None


@dataclass(frozen=True)
class RecordReview:
    application: int
    decision: Literal["pass", "fail"] = field(metadata={"label": "审查结论"})
    degree: Degree = Degree.MASTER
    reviewed_on: date | None = None
    fee: Decimal = Decimal("0")
    reasons: tuple[Reason, ...] = ()
    urgent: bool = False


@dataclass(frozen=True)
class Recorded:
    at: datetime
    fee: Decimal
    reasons: list[str]
    days: dict[str, date]
    degree: Degree


SEEN: list[RecordReview] = []


def record_review(inputs: RecordReview, context: OperationContext) -> Recorded:
    """Records the review of an application.

    Further lines are not shown.
    """
    SEEN.append(inputs)
    return Recorded(
        context.now, inputs.fee, [r.text for r in inputs.reasons], {"d": date(2026, 3, 2)}, inputs.degree
    )


def catalogue() -> Catalogue:
    made = Catalogue()
    made.operation("entry.record_review", label="登记资格审查结论")(record_review)
    return made


def context() -> OperationContext:
    now = datetime(2026, 3, 2, 9, tzinfo=ZONE)
    unused = cast(Any, None)
    return OperationContext(now, SYSTEM, "1", "RK-2026-0001", unused, send_message=unused, start_case=unused)


def call(**arguments: Any) -> dict[str, Any]:
    return catalogue().call("entry.record_review", arguments, context())


def test_plain_values_become_what_the_operation_declares() -> None:
    call(
        application=7, decision="pass", degree="doctor", reviewed_on="2026-03-01", fee="12.50",
        reasons=[{"text": "论文"}, {"text": "年限", "article": "第十一条"}], urgent=True,
    )  # fmt: skip
    assert SEEN[-1] == RecordReview(
        7,
        "pass",
        Degree.DOCTOR,
        date(2026, 3, 1),
        Decimal("12.50"),
        (Reason("论文"), Reason("年限", "第十一条")),
        True,
    )


def test_what_is_left_out_has_its_default_and_null_is_taken_where_declared() -> None:
    call(application=7, decision="fail", reviewed_on=None)
    assert SEEN[-1] == RecordReview(7, "fail")


def test_outputs_are_plain_json() -> None:
    assert call(application=7, decision="pass", fee=3, reasons=[{"text": "论文"}]) == {
        "at": "2026-03-02T09:00:00+08:00", "fee": 3, "reasons": ["论文"], "days": {"d": "2026-03-02"},
        "degree": "master",
    }  # fmt: skip
    assert call(application=7, decision="pass", fee="0.10")["fee"] == "0.10"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"decision": "pass"}, "application：缺少该项"),
        ({"application": "7", "decision": "pass"}, "application：应为整数，实为文字"),
        ({"application": True, "decision": "pass"}, "应为整数，实为真假值"),
        ({"application": None, "decision": "pass"}, "应为整数，实为空值"),
        ({"application": 7, "decision": "perhaps"}, "decision：应为 pass、fail 之一"),
        ({"application": 7, "decision": "pass", "degree": "none"}, "degree：应为 doctor、master 之一"),
        ({"application": 7, "decision": "pass", "reviewed_on": "1 March"}, "reviewed_on：'1 March' 不是日期"),
        ({"application": 7, "decision": "pass", "reviewed_on": 5}, "reviewed_on：应为文字，实为整数"),
        ({"application": 7, "decision": "pass", "fee": "much"}, "fee：'much' 不是数字"),
        ({"application": 7, "decision": "pass", "fee": "NaN"}, "fee：'NaN' 不是数字"),
        ({"application": 7, "decision": "pass", "fee": False}, "fee：应为数字"),
        ({"application": 7, "decision": "pass", "urgent": 1}, "urgent：应为真假值，实为整数"),
        ({"application": 7, "decision": "pass", "reasons": "论文"}, "reasons：应为列表，实为文字"),
        ({"application": 7, "decision": "pass", "reasons": [{"text": 1}]}, "reasons[1].text：应为文字"),
        ({"application": 7, "decision": "pass", "reasons": ["论文"]}, "reasons[1]：应为键值对照，实为文字"),
        ({"application": 7, "decision": "pass", "reasons": [{"txt": "论文"}]}, "没有名为 txt 的项"),
        ({"application": 7, "decision": "pass", "colour": 1}, "没有名为 colour 的项"),
    ],
)
def test_a_misfit_names_the_input_and_what_it_should_be(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(OperationError) as caught:
        call(**wrong)
    assert caught.value.code == "bad_input"
    assert told in caught.value.message
    assert "登记资格审查结论" in caught.value.message


def test_an_unknown_operation_is_an_error_with_a_code() -> None:
    with pytest.raises(OperationError) as caught:
        catalogue().call("entry.none", {}, context())
    assert caught.value.code == "unknown_operation"


def test_the_editor_gets_labels_types_and_choices() -> None:
    (entry,) = catalogue().describe()
    assert entry["id"] == "entry.record_review"
    assert entry["label"] == "登记资格审查结论"
    assert entry["description"] == "Records the review of an application."
    by_name = {parameter["id"]: parameter for parameter in entry["parameters"]}
    assert by_name["application"] == {
        "id": "application", "label": "application", "type": "integer", "required": True, "choices": [],
    }  # fmt: skip
    assert by_name["decision"]["label"] == "审查结论"
    assert by_name["decision"]["choices"] == ["pass", "fail"]
    assert by_name["reviewed_on"]["type"] == "date"
    assert not by_name["reasons"]["required"]
    assert entry["results"][0] == {"id": "at", "type": "datetime"}


@dataclass(frozen=True)
class Empty:
    pass


@dataclass
class Open:
    x: int = 0


def documented(inputs: Empty, context: OperationContext) -> None:
    """Does something."""


def undocumented(inputs: Empty, context: OperationContext) -> None:
    pass


def changeable(inputs: Open, context: OperationContext) -> None:
    """Takes something that can change."""


def lonely(inputs: Empty) -> None:
    """Takes too little."""


def returns_text(inputs: Empty, context: OperationContext) -> str:
    """Gives what is no record."""
    return ""


@pytest.mark.parametrize(
    ("name", "label", "run", "told"),
    [
        ("record", "登记", documented, "verb"),
        ("Entry.record", "登记", documented, "verb"),
        ("entry.record_x", "record", documented, "Chinese"),
        ("entry.record_x", "登记", undocumented, "doc line"),
        ("entry.record_x", "登记", changeable, "frozen"),
        ("entry.record_x", "登记", lonely, "inputs, context"),
        ("entry.record_x", "登记", returns_text, "frozen"),
    ],
)
def test_what_breaks_the_contract_is_not_registered(name: str, label: str, run: Any, told: str) -> None:
    with pytest.raises((TypeError, ValueError), match=told):
        Catalogue().operation(name, label=label)(run)


def test_a_name_is_taken_once_and_an_operation_may_return_nothing() -> None:
    made = Catalogue()
    made.operation("entry.record_x", label="登记")(documented)
    with pytest.raises(ValueError, match="twice"):
        made.operation("entry.record_x", label="登记")(documented)
    assert "entry.record_x" in made
    assert len(made) == 1
    assert made.call("entry.record_x", {}, context()) == {}


@pytest.mark.parametrize(
    "hint", [set[str], bytes, int | str, tuple[int, str], dict[int, str], complex, object]
)
def test_types_that_cannot_cross_are_refused_at_import(hint: Any) -> None:
    with pytest.raises(TypeError):
        shape_of(hint)


@pytest.mark.parametrize(
    ("hint", "plain", "value"),
    [
        (list[date], ["2026-03-02"], [date(2026, 3, 2)]),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (dict, {"a": [1]}, {"a": [1]}),
        (list, [1, "x"], [1, "x"]),
        (Any, None, None),
        (datetime, "2026-03-02T09:00:00+08:00", datetime(2026, 3, 2, 9, tzinfo=ZONE)),
        (datetime | None, None, None),
    ],
)
def test_values_go_there_and_back(hint: Any, plain: Any, value: Any) -> None:
    shape = shape_of(hint)
    assert shape.load(plain, "") == value
    assert shape.dump(value) == plain


def test_instants_are_read_in_the_zone_of_the_office_and_never_written_without_zone() -> None:
    shape = shape_of(datetime)
    assert shape.load("2026-03-02T09:00:00", "").tzinfo is ZONE
    assert shape.load("2026-03-02T01:00:00Z", "").hour == 9
    with pytest.raises(TypeError, match="naive"):
        shape.dump(datetime(2026, 3, 2, 9))  # noqa: DTZ001
    for wrong in ("yesterday", 5):
        with pytest.raises(Exception, match=r"不是日期时间|应为文字"):
            shape.load(wrong, "at")
    with pytest.raises(Exception, match="键值对照"):
        shape_of(dict[str, int]).load([1], "counts")


def test_discover_imports_the_modules_called_operations() -> None:
    discover("app.operations")
    with pytest.raises(ModuleNotFoundError):
        discover("app.no_such_package")
