"""Running the cases of the DMN Technology Compatibility Kit.

right: the answer is the expected one; refused: the model or expression is refused with an error before it could give
an answer; wrong: another answer.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from app.feel.calling import invoke
from app.feel.dmn.model import Model
from app.feel.dmn.session import Session
from app.feel.dmn.xml import child, children, name_of, safe_root, tag
from app.feel.errors import FeelError, FeelSyntaxError
from app.feel.functions import Function, FunctionValue
from app.feel.limits import Evaluation
from app.feel.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from app.feel.text import feel_text

RIGHT, REFUSED, WRONG = "right", "refused", "wrong"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_TOLERANCE = Decimal("1e-8")
_MOMENT = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
CLOCK: Mapping[str, Function] = {
    "now": Function("now", (), "date and time", "此刻", lambda: _MOMENT),
    "today": Function("today", (), "date", "今天", _MOMENT.date),
}
_NUMERIC = frozenset(("decimal", "double", "integer", "int", "float", "long"))
_TEMPORAL = {"date": parse_date, "time": parse_time, "dateTime": parse_date_time, "duration": parse_duration}


@dataclass(frozen=True, slots=True)
class TckCase:
    """One test case: folder, file, id, status (right, refused, wrong) and what differed."""

    folder: str
    file: str
    id: str
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class TckReport:
    """The cases of a run, and how many have which status."""

    cases: tuple[TckCase, ...]

    def _count(self, status: str) -> int:
        return sum(1 for case in self.cases if case.status == status)

    @property
    def right(self) -> int:
        return self._count(RIGHT)

    @property
    def refused(self) -> int:
        return self._count(REFUSED)

    @property
    def wrong(self) -> int:
        return self._count(WRONG)


def run_directory(path: Path | str) -> TckReport:
    """Run every test file (`*-test-*.xml`) under a directory. Raises FileNotFoundError when there is no directory."""
    root = Path(path)
    if not root.is_dir():
        raise FileNotFoundError(root)
    cases: list[TckCase] = []
    for file in sorted(root.rglob("*-test*.xml")):
        cases.extend(_run_file(file))
    return TckReport(tuple(cases))


def _run_file(file: Path) -> list[TckCase]:
    document = safe_root(file.read_bytes())
    named = child(document, "modelName")
    model_file = file.parent / ("" if named is None else (named.text or "").strip())
    if not model_file.is_file():
        model_file = next(file.parent.glob("*.dmn"))
    model: Model | FeelError
    try:
        model = Model(model_file.read_bytes(), CLOCK, load=_Folder(file.parent).load)
    except FeelError as error:
        model = error
    return [_run_case(file, model, case) for case in children(document, "testCase")]


class _Folder:
    """Finds imported models by namespace in the folder of the test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, namespace: str) -> bytes | None:
        for file in sorted(self._folder.glob("*.dmn")):
            xml = file.read_bytes()
            if safe_root(xml).get("namespace") == namespace:
                return xml
        return None


def _run_case(file: Path, model: Model | FeelError, case: etree._Element) -> TckCase:
    status, notes = RIGHT, []
    for result in children(case, "resultNode"):
        found, note = _judge(model, case, result)
        if found != RIGHT:
            notes.append(f"[{result.get('name')}] {note}")
            status = WRONG if WRONG in (status, found) else REFUSED
    return TckCase(file.parent.name, file.name, str(case.get("id")), status, " ".join(notes))


def _judge(model: Model | FeelError, case: etree._Element, result: etree._Element) -> tuple[str, str]:
    expected_node = child(result, "expected")
    expected = None if expected_node is None else _value(expected_node)
    try:
        if isinstance(model, FeelError):
            raise model
        actual = _answer(model, case, result)
    except FeelSyntaxError as error:
        # A test that expects an error is answered by refusing the text; one that expects a value is not.
        return (RIGHT, "") if result.get("errorResult") == "true" else (REFUSED, error.message)
    except FeelError as error:
        return (RIGHT, "") if expected is None else (REFUSED, error.message)
    if _same(actual, expected):
        return RIGHT, ""
    return WRONG, f"got {feel_text(actual, Evaluation())}, expected {feel_text(expected, Evaluation())}"


def _answer(model: Model, case: etree._Element, result: etree._Element) -> Any:
    inputs = {name_of(node): _value(node) for node in children(case, "inputNode")}
    invoked = case.get("invocableName") if case.get("type") in ("decisionService", "bkm") else None
    element = model.by_name.get(str(invoked or result.get("name")))
    if element is None:
        raise FeelError(f"no element {invoked or result.get('name')}")
    run = Evaluation(functions=CLOCK)
    value = Session(model, inputs, run).value(model, element)
    if not isinstance(value, FunctionValue):
        return value
    if not all(name in inputs for name in value.parameters):
        return None
    value = invoke(value, [inputs[name] for name in value.parameters], None, run)
    if (
        tag(element) == "decisionService"
        and len(children(element, "outputDecision")) > 1
        and type(value) is dict
    ):
        return value.get(str(result.get("name")))
    return value


def _value(element: etree._Element) -> Any:
    """The value in a node of a test: a scalar, a list, or components."""
    for inner in element:
        if tag(inner) == "value":
            return _scalar(inner)
        if tag(inner) == "list":
            return (
                None
                if inner.get(f"{_XSI}nil") == "true"
                else [_value(item) for item in children(inner, "item")]
            )
    components = children(element, "component")
    return {name_of(component): _value(component) for component in components} if components else None


def _scalar(element: etree._Element) -> Any:
    if element.get(f"{_XSI}nil") == "true":
        return None
    declared, text = str(element.get(f"{_XSI}type") or "xsd:string").rpartition(":")[2], element.text or ""
    if declared == "string":
        return text
    text = text.strip()
    if declared in _NUMERIC:
        return Decimal(text)
    return text == "true" if declared == "boolean" else _TEMPORAL[declared](text)


def _same(actual: Any, expected: Any) -> bool:
    if type(actual) is not type(expected):
        return False
    if isinstance(actual, Decimal):
        return bool(actual == expected or abs(actual - expected) <= _TOLERANCE * max(1, abs(expected)))
    if isinstance(actual, list):
        return len(actual) == len(expected) and all(map(_same, actual, expected))
    if isinstance(actual, dict):
        return actual.keys() == expected.keys() and all(_same(actual[key], expected[key]) for key in actual)
    if hasattr(actual, "key"):
        return bool(actual.key() == expected.key())
    return bool(actual == expected)
