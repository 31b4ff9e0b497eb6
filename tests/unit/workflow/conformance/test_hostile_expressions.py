"""Ways out and bombs, each tried in every place of a diagram that takes an expression."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from app.core.clock import ZONE
from app.engine import EngineError
from app.feel import FeelError
from app.regulations.feel_functions import feel_functions
from app.regulations.rule_sets import shipped_rules
from app.workflow.conformance import Surroundings, refused, report
from app.workflow.forms import FormRefused, parse_form
from app.workflow.forms.expressions import Expression, Scope
from tests.unit.engine.diagrams import (
    START,
    FakeHost,
    Run,
    catch,
    diagram,
    end,
    node,
    script,
    start,
    timer,
    user,
)
from tests.unit.feel.dmn_text import decision, model, table
from tests.unit.workflow.conformance.escapes import BOMBS, WAYS_OUT

FUNCTIONS = feel_functions(shipped_rules(), START)
FORM = json.dumps({
    "type": "default", "id": "f",
    "components": [{"type": "number", "id": "c1", "key": "amount", "label": "金额"}],
})  # fmt: skip
#: What one evaluation may take on a busy machine; without bounds most of the bombs run for years.
SECONDS = 8


#: FEEL reads these as fields of a value, which have no such field: they give null, and a condition that is null
#: makes an incident.
ONLY_NULL = ("class of a list", "magic method call")


#: These use up what an evaluation may; a condition is evaluated as a script is, so that once is enough.
DEAR = (
    "quantified",
    "filter over a huge list",
    "sort by a slow order",
    "replace bomb",
    "split bomb",
    "comprehension",
)


class Host(FakeHost):
    """With the functions of the regulation."""

    functions = FUNCTIONS  # type: ignore[assignment]


Tried = tuple[bytes, Surroundings]


def _in_condition(text: str) -> Tried:
    nodes = [start(), user("work"), node("exclusiveGateway", "g"), end(), end("other")]
    content = diagram("p", nodes, ["begin > work", "work > g", f"g > done : {text}", "g > other : default"])
    return content, Surroundings(forms={"test/work": FORM})


def _in_script(text: str) -> Tried:
    content = diagram(
        "p", [start(), user("work"), script("s", "x", text), end()], ["begin > work", "work > s", "s > done"]
    )
    return content, Surroundings(forms={"test/work": FORM})


def _in_timer(text: str) -> Tried:
    content = diagram(
        "p",
        [start(), user("work"), catch("t", timer("Date", text)), end()],
        ["begin > work", "work > t", "t > done"],
    )
    return content, Surroundings(forms={"test/work": FORM})


def _in_cell(text: str) -> Tried:
    asked = node("businessRuleTask", "ask", 'camunda:decisionRef="level" camunda:resultVariable="v"')
    content = diagram(
        "p", [start(), user("work"), asked, end()], ["begin > work", "work > ask", "ask > done"]
    )
    rules = [([text], ['"a"']), (["-"], [text])]
    dmn = model(decision(table([("amount", "number")], [("级别", "string")], rules, "FIRST")))
    return content, Surroundings(forms={"test/work": FORM}, tables={"t.dmn": dmn})


PLACES: dict[str, Callable[[str], Tried]] = {
    "condition": _in_condition, "script": _in_script, "timer": _in_timer, "cell": _in_cell,
}  # fmt: skip


def _run(content: bytes, surroundings: Surroundings) -> str:
    """What the incident says; empty if it ran to the end."""
    try:
        Run(content, {"amount": 3}, Host(), tables=surroundings.tables).complete("work", amount=3)
    except (EngineError, FeelError) as error:
        return str(error)
    return ""


def _is_clear(told: str) -> bool:
    return told == "" or any("\u4e00" <= sign <= "\u9fff" for sign in told)


@pytest.mark.parametrize(("place", "way"), list(product(PLACES, WAYS_OUT)))
def test_a_way_out_leads_nowhere(
    place: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    content, surroundings = PLACES[place](WAYS_OUT[way])
    assert report(content, surroundings).is_refused or way in ONLY_NULL
    # even past the gate nothing happens: no diagram's text is ever Python
    assert _is_clear(_run(content, surroundings))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("place", "bomb"), list(product(PLACES, BOMBS)))
def test_a_bomb_is_refused_or_bounded(place: str, bomb: str) -> None:
    content, surroundings = PLACES[place](BOMBS[bomb])
    began = time.perf_counter()
    found = report(content, surroundings)
    checked = time.perf_counter()
    assert checked - began < SECONDS
    if not refused(found.findings) and (place in ("script", "cell") or bomb not in DEAR):
        assert _is_clear(_run(content, surroundings))
        assert time.perf_counter() - checked < SECONDS


def _form(text: str) -> str:
    return json.dumps({
        "type": "default", "id": "f",
        "components": [{"type": "textfield", "id": "c1", "key": "amount", "label": "金额",
                        "conditional": {"hide": f"={text}"}},
                       {"type": "text", "id": "c2", "text": f"={text}"}],
    })  # fmt: skip


@pytest.mark.parametrize("text", [*WAYS_OUT.values(), *BOMBS.values()], ids=[*WAYS_OUT, *BOMBS])
def test_a_form_refuses_it_or_bounds_it(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    began = time.perf_counter()
    told = _show(text)
    assert told
    assert all(map(_is_clear, told))
    assert time.perf_counter() - began < SECONDS
    assert list(tmp_path.iterdir()) == []


def _show(text: str) -> list[str]:
    """What the form's checks say, or what showing each part of it says (nothing if it is only null)."""
    try:
        form = parse_form(_form(text), FUNCTIONS)
    except FormRefused as refusal:
        return [str(fault) for fault in refusal.findings]
    return [_hidden(component.hide) for component in form.components if component.hide is not None]


def _hidden(hide: Expression) -> str:
    try:
        hide.plain(Scope({"amount": 3}, FUNCTIONS))
    except FeelError as error:
        return error.message
    return ""


def test_the_lists_are_long_enough() -> None:
    assert len(WAYS_OUT) >= 30
    assert len(BOMBS) >= 20
    assert START.tzinfo is ZONE
