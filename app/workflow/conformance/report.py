"""The check list of a diagram: every line with what was found, why, and how to mend it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.engine import Finding
from app.workflow.conformance.examination import Examination, Unreadable
from app.workflow.conformance.expressions import check_operations, check_results
from app.workflow.conformance.legal_steps import check_legal_steps
from app.workflow.conformance.lines import CheckLine, Report, ScenarioRun
from app.workflow.conformance.people import check_people
from app.workflow.conformance.soundness import check_soundness
from app.workflow.conformance.statutory import Baseline
from app.workflow.conformance.structure import (
    check_calls,
    check_documentation,
    check_elements,
    check_errors,
    check_flows,
)
from app.workflow.conformance.surroundings import Surroundings
from app.workflow.conformance.tables import check_tables

__all__ = ["Baseline", "CheckLine", "Report", "ScenarioRun", "report"]

_TIME_CODES = ("literal_duration", "unknown_parameter", "no_period")
_DRAWN = ("file", "schema", "one_process", "elements", "flows", "calls")


@dataclass(frozen=True)
class _Check:
    """One line of the list; it makes sense only where the lines in ``needs`` hold no error."""

    code: str
    title: str
    findings: Callable[[Examination], Iterable[Finding]]
    needs: tuple[str, ...] = ("file", "schema", "one_process")


def _schema(found: Examination) -> Iterator[Finding]:
    return (finding for finding in found.compiled[1] if finding.code == "schema")


def _one_process(found: Examination) -> Iterable[Finding]:
    if found.drawing.process is not None:
        return ()
    return found.compiled[1] or [Finding("", "one_process", "error", "应有一个流程", "每个文件只画一个流程")]


def _flows(found: Examination) -> Iterator[Finding]:
    yield from check_flows(found.drawing)
    yield from check_errors(found.drawing)


def _calls(found: Examination) -> Iterable[Finding]:
    return check_calls(found.drawing, found.surroundings.called)


def _expressions(found: Examination) -> Iterator[Finding]:
    yield from (finding for finding in found.expressions if finding.code not in _TIME_CODES)
    yield from check_results(found.drawing)


def _times(found: Examination) -> Iterator[Finding]:
    return (finding for finding in found.expressions if finding.code in _TIME_CODES)


def _tables(found: Examination) -> Iterable[Finding]:
    known = None if found.has_open_data else dict.fromkeys(found.variables)
    return check_tables(found.drawing, found.surroundings.tables, found.functions, known)


def _care(found: Examination) -> Iterable[Finding]:
    return check_documentation(found.drawing) if found.surroundings.shipped else ()


_CHECKS = (
    _Check("schema", "符合 BPMN 2.0 格式", _schema, ("file",)),
    _Check("one_process", "一个文件一个流程", _one_process, ("file", "schema")),
    _Check("elements", "各环节都能运行", lambda found: check_elements(found.drawing)),
    _Check("flows", "开始、结束、网关与连线", _flows),
    _Check("calls", "调用的流程", _calls),
    _Check("expressions", "表达式", _expressions),
    _Check("tables", "决策表", _tables),
    _Check("operations", "操作与输入", lambda found: check_operations(found.drawing, found.checker)),
    _Check("forms", "表单", lambda found: found.form_findings),
    _Check("people", "办理岗位", lambda found: check_people(found.drawing)),
    _Check("times", "期限取自规则参数", _times),
    _Check("soundness", "走得通，不停住，不重复", lambda found: check_soundness(found.drawing), _DRAWN),
    _Check("care", "办理时限与说明", _care),
)
_PARSE = _Check(
    "parse", "引擎能装载", lambda found: found.compiled[1], tuple(check.code for check in _CHECKS)
)


def report(content: bytes, surroundings: Surroundings, *, baseline: Baseline | None = None) -> Report:
    """Everything that can be known of a diagram without putting it into force.

    ``baseline`` are the legal steps it must keep (`statutory.baseline_of`). The catalogue must be filled.
    """
    began = time.perf_counter()
    try:
        found = Examination(content, surroundings)
    except Unreadable as refusal:
        return Report((CheckLine.of("file", "文件", refusal.findings), *_skipped(_CHECKS, "文件不能读取")))
    lines = [CheckLine.of("file", "文件", ())]
    for check in (*_CHECKS, _PARSE):
        lines.append(_line(check, found, lines))
    if baseline is not None:
        check = _Check("legal", "法定环节", lambda seen: check_legal_steps(seen.drawing, baseline), _DRAWN)
        lines.append(_line(check, found, lines))
    types = {name: None if declared is None else declared.name for name, declared in found.variables.items()}
    spent = round((time.perf_counter() - began) * 1000)
    return Report(lines=tuple(lines), variables=types, milliseconds=spent)


def _line(check: _Check, found: Examination, before: Iterable[CheckLine]) -> CheckLine:
    failed = [line.title for line in before if line.code in check.needs and line.status == "error"]
    if failed:
        return CheckLine(check.code, check.title, "skipped", note=f"先改正：{'、'.join(failed)}")
    return CheckLine.of(check.code, check.title, check.findings(found))


def _skipped(checks: Iterable[_Check], note: str) -> Iterator[CheckLine]:
    return (CheckLine(check.code, check.title, "skipped", note=note) for check in checks)
