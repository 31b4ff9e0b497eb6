"""One word for one thing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from app.core import vocabulary
from app.core.trail_fields import FIELDS
from app.workflow.states import ACT_WORDS, IncidentStatus

APP = Path(vocabulary.__file__).parents[1]
_RECORDING = ("audit.record", "record.act", "case.record")


def calls_in(path: Path) -> list[tuple[str, ast.Call]]:
    """What the module calls by a plain name or one with a point, and each call."""
    named = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name):
                named.append((called.id, node))
            elif isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
                named.append((f"{called.value.id}.{called.attr}", node))
    return named


def recorded_acts() -> list[tuple[str, str]]:
    """Every act and kind of subject that the code writes into the trail as plain text, with its file."""
    found = []
    for path in APP.rglob("*.py"):
        for called, node in calls_in(path):
            if called in ("audit.record", "record", "_record"):
                for argument in node.args[1:2]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        found.append((argument.value, str(path.relative_to(APP))))
    return sorted(set(found))


def test_every_act_in_the_trail_has_chinese_words() -> None:
    found = recorded_acts()
    assert {"account.read_account", "draw.commit"} <= {act for act, _ in found}
    assert [one for one in found if one[0] not in vocabulary.ACTIONS] == [], "add their words to app/core/vocabulary.py"


def recorded_fields() -> list[tuple[str, str]]:
    """Every field that an act writes into the trail under a plain name, and every kind of subject, with its file."""
    found = []
    for path in APP.rglob("*.py"):
        for called, call in calls_in(path):
            if called not in _RECORDING:
                continue
            contents = [keyword.value for keyword in call.keywords if keyword.arg in ("before", "after")]
            for content in contents:
                keys = content.keys if isinstance(content, ast.Dict) else []
                names = [key.value for key in keys if isinstance(key, ast.Constant)]
                found += [(str(name), str(path.relative_to(APP))) for name in names]
    return sorted(set(found))


def test_every_field_in_the_trail_has_chinese_words() -> None:
    found = recorded_fields()
    assert {"overrides", "value", "sections"} <= {name for name, _ in found}
    assert [one for one in found if one[0] not in FIELDS] == [], "add their words to app/core/vocabulary.py"


@pytest.mark.parametrize("kind", ["parameter", "text", "definition", "instance", "calendar_year"])
def test_what_owners_change_has_chinese_words(kind: str) -> None:
    assert kind in vocabulary.SUBJECTS


def test_looks_at_personal_data_are_acts_with_words() -> None:
    assert set(vocabulary.ACTIONS) >= vocabulary.PERSONAL_READS


def test_acts_of_a_case_have_the_words_of_the_workflow() -> None:
    assert {f"workflow.{act}": words for act, words in ACT_WORDS.items()}.items() <= vocabulary.ACTIONS.items()


def test_the_end_of_an_incident_has_words() -> None:
    assert {f"incident.{status}" for status in IncidentStatus} - {"incident.open"} <= set(vocabulary.ACTIONS)


def test_words_are_chinese_and_codes_are_not() -> None:
    for code, word in {**vocabulary.GLOSSARY, **vocabulary.SUBJECTS, **vocabulary.ACTIONS}.items():
        assert code.isascii(), code
        assert any("一" <= sign <= "鿿" for sign in word), word


def test_the_regulation_s_own_words_are_used() -> None:
    assert vocabulary.term("dismissal") == "解聘出库"
    assert vocabulary.term("panel") == "评审小组"
    assert vocabulary.term("manual_selection") == "人工遴选"
    with pytest.raises(KeyError):
        vocabulary.term("replenishment")


def test_an_unknown_act_is_shown_as_it_is() -> None:
    assert vocabulary.action("future.act") == "future.act"
    assert vocabulary.subject("future") == "future"
