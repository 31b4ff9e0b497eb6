"""The check list of a diagram: every line with what was found, why, and how to mend it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from app.engine import Finding
from app.workflow.conformance.calls import check_calls, check_id
from app.workflow.conformance.examination import Examination, Unreadable
from app.workflow.conformance.expressions import check_results, check_times
from app.workflow.conformance.legal_steps import check_legal_steps
from app.workflow.conformance.lines import CheckLine, Report, ScenarioRun
from app.workflow.conformance.people import check_due, check_people
from app.workflow.conformance.scenario_runs import Runs
from app.workflow.conformance.soundness import check_soundness
from app.workflow.conformance.statutory import Baseline
from app.workflow.conformance.structure import (
    check_documentation,
    check_elements,
    check_errors,
    check_flows,
)
from app.workflow.conformance.surroundings import Surroundings
from app.workflow.conformance.tables import COVERAGE

__all__ = ["Baseline", "CheckLine", "Report", "ScenarioRun", "report"]

_FILE = "文件：XML、大小、无 DOCTYPE"
_TIME_CODES = ("literal_duration", "unbound_time", "unknown_parameter", "no_period")
_IDS = ("scope_twice", "one_process")


@dataclass(frozen=True)
class _Check:
    """One line of the list; it makes sense only where the lines in ``needs`` hold no error."""

    code: str
    title: str
    findings: Callable[[Examination], Iterable[Finding]]
    needs: tuple[str, ...] = ("schema", "process")


def _schema(found: Examination) -> Iterator[Finding]:
    return (finding for finding in found.compiled[1] if finding.code == "schema")


def _process(found: Examination) -> Iterator[Finding]:
    if found.drawing.process is None:
        message = "应有一个流程"
        yield from found.compiled[1] or (
            Finding("", "one_process", "error", message, "每个文件只画一个流程"),
        )
        return
    yield from check_id(found.drawing, found.surroundings.key)
    own = found.process_id
    if own not in found.surroundings.called:  # else it calls itself, which is told below
        yield from (finding for finding in found.compiled[1] if finding.code in _IDS)


def _flows(found: Examination) -> Iterator[Finding]:
    yield from check_flows(found.drawing)
    yield from check_errors(found.drawing)


def _expressions(found: Examination) -> Iterator[Finding]:
    yield from (finding for finding in found.expressions if finding.code not in _TIME_CODES)
    yield from check_results(found.drawing)


def _operations(found: Examination) -> Iterator[Finding]:
    return (finding for finding in found.operations if finding.code not in _TIME_CODES)


def _times(found: Examination) -> Iterator[Finding]:
    for findings in (found.expressions, found.operations):
        yield from (finding for finding in findings if finding.code in _TIME_CODES)
    wrong = {finding.element_id for finding in found.expressions}
    for finding in check_times(found.drawing, found.functions):
        if finding.element_id not in wrong:
            yield finding


def _cells(found: Examination) -> Iterator[Finding]:
    return (finding for finding in found.tables if finding.code not in COVERAGE)


def _coverage(found: Examination) -> Iterator[Finding]:
    return (finding for finding in found.tables if finding.code in COVERAGE)


def _unused(found: Examination) -> Iterator[Finding]:
    forms, tables = found.unused
    for what, code, names in (("表单", "unused_form", forms), ("决策表", "unused_table", tables)):
        for name in names:
            message = f"没有环节用到{what}“{name}”，发布时不带上"
            yield Finding("", code, "warning", message, f"在环节的属性里选它；不要了就在“{what}”里移去")


def _care(found: Examination) -> Iterator[Finding]:
    given = found.surroundings
    if given.shipped or given.key is not None:  # to be published, not a bare drawing
        yield from check_due(found.drawing)
    if given.shipped:
        yield from check_documentation(found.drawing)


_DRAWN = ("schema", "process", "elements", "flows", "calls")
_CHECKS = (
    _Check("schema", "符合 BPMN 2.0 格式", _schema, ()),
    _Check("process", "一个流程，编号不重复", _process, ("schema",)),
    _Check("elements", "各环节都能运行", lambda found: check_elements(found.drawing)),
    _Check("flows", "开始、结束、网关与连线", _flows),
    _Check("calls", "调用的流程", lambda found: check_calls(found.drawing, found.surroundings.called)),
    _Check("expressions", "表达式", _expressions),
    _Check("tables", "决策表各格", _cells),
    _Check("coverage", "决策表不重叠、无遗漏", _coverage, ("schema", "process", "tables")),
    _Check("operations", "操作与输入", _operations),
    _Check("forms", "表单", lambda found: found.form_findings),
    _Check("people", "办理岗位", lambda found: check_people(found.drawing)),
    _Check("times", "期限取自规则参数", _times),
    _Check("soundness", "走得通，不停住，不重复", lambda found: check_soundness(found.drawing), _DRAWN),
)
_PARSE = _Check(
    "parse", "引擎能装载", lambda found: found.compiled[1], tuple(check.code for check in _CHECKS)
)
_SCENARIOS = _Check("scenarios", "场景", lambda found: found.runs.findings, (*_PARSE.needs, "parse"))
_UNUSED = _Check("unused", "表单与决策表都用上", _unused, _SCENARIOS.needs)
_REST = (_Check("care", "办理时限与说明", _care), _SCENARIOS)


def report(content: bytes, surroundings: Surroundings, *, baseline: Baseline | None = None) -> Report:
    """Everything that can be known of a diagram without putting it into force.

    ``baseline`` are the legal steps it must keep (`baseline_of`). The catalogue must be filled.
    """
    began = time.perf_counter()
    own = [_UNUSED] if surroundings.key is not None else []  # the parts of a draft, not those of all processes
    checks = (*_CHECKS, _PARSE, *own, *_REST, *([_legal(baseline)] if baseline is not None else []))
    try:
        found = Examination(content, surroundings)
    except Unreadable as refusal:
        skipped = (CheckLine(check.code, check.title, "skipped", note="先改正：文件") for check in checks)
        return Report((CheckLine.of("file", _FILE, refusal.findings), *skipped), milliseconds=_since(began))
    lines = [CheckLine.of("file", _FILE, ())]
    for check in checks:
        lines.append(_line(check, found, lines))
    return _told(found, tuple(lines), began)


def _legal(baseline: Baseline) -> _Check:
    return _Check("legal", "法定环节", lambda found: check_legal_steps(found.drawing, baseline), _DRAWN)


def _told(found: Examination, lines: tuple[CheckLine, ...], began: float) -> Report:
    has_run = any(line.code == _SCENARIOS.code and line.status != "skipped" for line in lines)
    runs = found.runs if has_run else Runs()
    types = {name: None if declared is None else declared.name for name, declared in found.variables.items()}
    return Report(lines, types, runs.flows, runs.scenarios, _since(began))


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


def _line(check: _Check, found: Examination, before: Iterable[CheckLine]) -> CheckLine:
    failed = [
        line.title for line in before if line.code in check.needs and line.status in ("error", "skipped")
    ]
    if failed:
        return CheckLine(check.code, check.title, "skipped", note=f"先改正：{'、'.join(failed)}")
    line = CheckLine.of(check.code, check.title, check.findings(found))
    return replace(line, note=_note(found.runs)) if check.code == _SCENARIOS.code else line


def _note(runs: Runs) -> str:
    if not runs.scenarios:
        return "没有场景"
    passed, taken = sum(run.ok for run in runs.scenarios), sum(times > 0 for times in runs.flows.values())
    told = f"{passed}/{len(runs.scenarios)} 个场景走通"
    return f"{told}，经过 {taken}/{len(runs.flows)} 条连线"
