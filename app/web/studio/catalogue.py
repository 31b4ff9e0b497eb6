"""What the editors offer instead of asking the owner to know it by heart: operations, roles, parameters, functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import jsonify, request
from werkzeug.wrappers import Response

from app.core import clock
from app.engine import DefinitionRefused
from app.engine.xml import local_name, safe_root
from app.feel import Function
from app.feel.builtin_registry import BUILTINS, Builtin
from app.feel.kinds import label as type_label
from app.identity import permissions, roles
from app.operations import Operation, Shape, catalogue
from app.regulations.feel_functions import feel_functions
from app.regulations.parameters import REGISTER, UNIT_WORDS, Unit
from app.regulations.rule_sets import RuleSet
from app.regulations.store import rule_set_to_show
from app.web.auth import requires
from app.web.inbox import bulk
from app.web.studio.blueprint import studio
from app.web.tasks import bespoke
from app.workflow import definitions
from app.workflow.conformance.statutory import baseline_of
from app.workflow.parts import Parts
from app.workflow.releases import drafts

#: Units that `deadline(…)` can count; the others are values that an expression may read.
_PERIODS = (Unit.WORKING_DAYS, Unit.HOURS, Unit.MINUTES, Unit.DAYS, Unit.MONTHS, Unit.YEARS)
_MESSAGE = re.compile(r'<(?:\w+:)?message\s[^>]*\bname="([^"]+)"')
_OPERATOR = re.compile(r'serviceTaskOperator\s[^>]*\bid="([^"]+)"')
_PROCESS = re.compile(r'<(?:\w+:)?process\s[^>]*\bid="([^"]+)"')
_FORM = re.compile(r'formKey="([^"]+)"')


@studio.get("/catalogue.json")
@requires(permissions.PROCESS_READ)
def catalogue_json() -> Response:
    """Everything a diagram may name. `?draft=<id>` adds the forms, tables and messages of that draft,
    `?process=<key>` those of the version in force."""
    parts = _parts(request.args.get("draft", type=int), request.args.get("process"))
    answer: Response = jsonify(offered(parts))
    return answer


def offered(parts: Parts) -> dict[str, Any]:
    """The catalogue for one diagram, as plain JSON; every list in the order in which editors show it."""
    now = clock.now()
    rules = rule_set_to_show(now.date())
    current = definitions.current()
    return {
        "operations": [_operation(entry) for entry in catalogue] + _retired(parts.xml),
        "groups": [{"key": key, "label": label} for key, label in roles.LABELS.items()],
        "parameters": list(_parameters(rules)),
        "functions": list(_functions(feel_functions(rules, now))),
        "messages": _messages([parts.xml, *(row.xml for row in current)]),
        "processes": [{"key": row.key, "name": row.name} for row in current],
        "forms": sorted({*parts.forms, *_FORM.findall(parts.xml)}),
        "decisions": [decision for name, xml in sorted(parts.tables.items()) for decision in _decisions(name, xml)],
        "pages": sorted(bespoke.registered()),
        "legal": _legal(parts.xml),
        "bulk": [{"key": act.key, "label": act.button} for act in bulk.registered()],
    }


def _legal(xml: str) -> list[dict[str, str]]:
    """The legal steps of the diagram's process that a leader may stand for; those that bar a way are none."""
    found = _PROCESS.search(xml)
    baseline = baseline_of(found.group(1)) if found else None
    steps = baseline.steps if baseline is not None else ()
    return [{"value": one.key, "label": f"{one.name}（{one.article}）"} for one in steps if not one.never]


def _parts(draft_id: int | None, key: str | None) -> Parts:
    """:raises NotFound: no such draft or process"""
    if draft_id is not None:
        return drafts.parts_of(drafts.get(draft_id))
    if key is not None:
        row = definitions.latest(key)
        return Parts(row.xml, row.tables, row.forms, row.scenarios)
    return Parts("")


def _operation(entry: Operation) -> dict[str, Any]:
    return {
        "name": entry.name,
        "label": entry.label,
        "doc": _doc(entry.summary),
        "inputs": [
            {
                "name": field.name, "label": field.label, "type": field.shape.editor, "required": field.required,
                "help": _help(field.shape), "choices": list(field.shape.choices),
            }
            for field in entry.inputs
        ],
        "outputs": [{"name": name, "type": shape.editor, "label": shape.label} for name, shape in entry.outputs],
        "retired": entry.retired is not None,
    }


def _doc(summary: str) -> str:
    """The doc line of an operation is written for programmers; only a Chinese one is shown to owners."""
    return summary if any("\u4e00" <= sign <= "\u9fff" for sign in summary) else ""


def _help(shape: Shape) -> str:
    if shape.choices:
        return f"选项：{'、'.join(shape.choices)}"
    inner = "、".join(f"{name}（{field.label}）" for name, field in shape.fields)
    word = f"{shape.label}，可为空" if shape.nullable else shape.label
    return f"{word}：{inner}" if inner else word


def _retired(xml: str) -> list[dict[str, Any]]:
    """Operations that the diagram still names although the product has none of that name any more."""
    gone = sorted(name for name in set(_OPERATOR.findall(xml)) if name not in catalogue)
    return [
        {"name": name, "label": name, "doc": "", "inputs": [], "outputs": [], "retired": True} for name in gone
    ]


def _parameters(rules: RuleSet) -> Iterable[dict[str, Any]]:
    for declared in REGISTER:
        if (value := rules.values.get(declared.key)) is not None:
            yield {
                "key": declared.key, "label": declared.label, "unit": UNIT_WORDS[declared.unit],
                "article": declared.article, "value": value.words, "help": declared.help,
                "is_period": declared.unit in _PERIODS,
            }


def _functions(own: Mapping[str, Function]) -> Iterable[dict[str, Any]]:
    """The product's own functions first, then FEEL's."""
    for function in own.values():
        names = [parameter.name for parameter in function.parameters]
        yield _function(function.name, names, function.help, function.result)
    for name, builtin in sorted(BUILTINS.items()):
        yield _function(name, _parameter_names(builtin), "", builtin.returns)


def _function(name: str, parameters: list[str], help_line: str, returns: str) -> dict[str, Any]:
    result = f"得到{type_label(returns)}"
    return {
        "name": name, "parameters": parameters, "signature": f"{name}({', '.join(parameters)})",
        "doc": f"{help_line}；{result}" if help_line else result,
    }


def _parameter_names(builtin: Builtin) -> list[str]:
    if not builtin.overloads:
        return []
    return [parameter.name for parameter in builtin.overloads[0].parameters if not parameter.optional]


def _messages(diagrams: Iterable[str]) -> list[str]:
    return sorted({name for xml in diagrams for name in _MESSAGE.findall(xml)})


def _decisions(table: str, xml: str) -> Iterable[dict[str, str]]:
    try:
        root = safe_root(xml.encode(), f"决策表“{table}”")
    except DefinitionRefused:
        return  # the check list says what is wrong with it
    for node in root:
        if local_name(node) == "decision" and node.get("id"):
            yield {"id": str(node.get("id")), "name": node.get("name") or str(node.get("id")), "table": table}
