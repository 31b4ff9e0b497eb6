"""Holding a diagram against the legal steps of the shipped one: what may be skipped, softened or moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.engine import Element, Finding
from app.engine.xml import CAMUNDA
from app.identity import roles
from app.workflow.conformance.drawing import Drawing
from app.workflow.conformance.legal_paths import Given, Paths
from app.workflow.conformance.signs import Signs, is_deadline
from app.workflow.conformance.statutory import Baseline, LegalStep

#: Property of a user task of the bureau leader that stands for a legal step.
WAIVES = "waives"
_SHOWN = 8


def check_legal_steps(drawing: Drawing, baseline: Baseline) -> Iterator[Finding]:
    """Legal steps that some path can skip, and what the steps themselves no longer keep. All of grade override."""
    check = _LegalCheck(drawing, baseline)
    for goal in baseline.goals:
        yield from check.goal(goal)
    for step in baseline.steps:
        yield from check.step(step)


class _LegalCheck:
    def __init__(self, drawing: Drawing, baseline: Baseline) -> None:
        self._drawing, self._baseline = drawing, baseline
        self._paths, self._signs = Paths(drawing), Signs(drawing)

    def goal(self, goal: LegalStep) -> Iterator[Finding]:
        """The goal itself must be there."""
        found = self._elements(goal)
        reach = self._paths.reach()
        if not any(reach.came_to(element.id) for element in found):
            where = found[0].id if found else self._process_id()
            yield _finding(where, goal, f"图上走不到“{goal.name}”", "恢复这一环节")

    def step(self, step: LegalStep) -> Iterator[Finding]:
        """Everything demanded of one step."""
        given = self._given(step)
        if step.never:
            yield from self._barred(step, given)
            return
        found = self._elements(step)
        faults = {element.id: list(self._kept(step, element)) for element in found}
        whole = [element_id for element_id, told in faults.items() if not told]
        # one that keeps everything is the step; others like it are then additions of the owner
        stands_for = (whole or list(faults)) + [element.id for element in self._waivers(step)]
        if step.reached:
            yield from self._lost(step, stands_for, given)
        yield from self._skipped(step, stands_for, given)
        if not whole:
            for told in faults.values():
                yield from told

    def _lost(self, step: LegalStep, stands_for: list[str], given: Given) -> Iterator[Finding]:
        reach = self._paths.reach(given=given)
        if not any(reach.came_to(element_id) for element_id in stands_for):
            where = stands_for[0] if stands_for else self._process_id()
            yield _finding(where, step, f"图上走不到“{step.name}”", "恢复这一环节和通到它的连线")

    def _elements(self, step: LegalStep) -> list[Element]:
        return self._signs.having(*step.signs)

    def _waivers(self, step: LegalStep) -> list[Element]:
        return [
            element
            for element in self._drawing.of_kind("userTask")
            if step.key in _listed(element.properties.get(WAIVES, ""))
            and element.candidate_groups == (roles.BUREAU_LEADER,)
        ]

    def _given(self, step: LegalStep) -> Given:
        given: dict[str, Any] = dict(step.data)
        for source, outcome in step.outcomes.items():
            for name in self._signs.variables_of(source):
                given[name] = {**given.get(name, {}), **outcome}
        return given

    def _barred(self, step: LegalStep, given: Given) -> Iterator[Finding]:
        exempt = [element.id for element in self._elements(step)]
        reach = self._paths.reach(without=exempt, given=given)
        for key in step.before:
            goal = self._baseline.named(key)
            for element in self._elements(goal):
                if reach.came_to(element.id):
                    way = self._told(reach.path_to(element.id))
                    message = f"{step.name}，图上却能走到“{goal.name}”：{way}"
                    yield _finding(element.id, step, message, "恢复网关上的条件", (way,))
                    return

    def _skipped(self, step: LegalStep, stands_for: list[str], given: Given) -> Iterator[Finding]:
        """One finding for a step, at the first goal that can be reached without it."""
        reach = self._paths.reach(without=stands_for, given=given)
        for key in step.before:
            goal = self._baseline.named(key)
            for element in self._elements(goal):
                if not reach.came_to(element.id):
                    continue
                path = reach.path_to(element.id)
                way = self._told(path)
                if stands_for:
                    message = f"可以不经“{step.name}”走到“{goal.name}”：{way}"
                    yield _finding(self._turn(path, stands_for), step, message, "恢复原来的次序", (way,))
                else:
                    message = f"没有“{step.name}”，就能走到“{goal.name}”：{way}"
                    mend = "恢复这一环节，或由局领导办理的环节代替并写明理由"
                    yield _finding(element.id, step, message, mend, (way,))
                return

    def _turn(self, path: list[str], stands_for: list[str]) -> str:
        """Where the path leaves the way to the step: the last element from which the step can still be reached."""
        begun = [place for place, element_id in enumerate(path[:-1]) if element_id in stands_for]
        if begun:  # the path comes to the step and leaves it undone, by an event on it
            return path[begun[-1] + 1]
        before_end = path[:-1] or path
        for element_id in reversed(before_end):
            if self._leads_to(element_id, stands_for):
                return element_id
        return path[-1]

    def _leads_to(self, element_id: str, wanted: list[str]) -> bool:
        following = {flow.target_id for flow in self._drawing.flows if flow.source_id == element_id}
        return bool(following.intersection(wanted))

    def _told(self, path: list[str]) -> str:
        names = [self._drawing.elements[entry].name for entry in path]
        shown = [name for name in names if name]
        if len(shown) > _SHOWN:
            shown = ["…", *shown[-_SHOWN:]]
        return " → ".join(shown)

    def _kept(self, step: LegalStep, element: Element) -> Iterator[Finding]:
        """What the step itself must keep: whose it is, four eyes, its period, its ways out."""
        if step.groups and not (
            element.candidate_groups and set(element.candidate_groups) <= set(step.groups)
        ):
            wanted = "、".join(roles.LABELS[group] for group in step.groups)
            yield _finding(element.id, step, f"“{step.name}”应由{wanted}办理", "恢复候选岗位")
        if step.users and step.users not in self._attribute(element, "candidateUsers"):
            yield _finding(
                element.id, step, f"“{step.name}”不再由规定的审批人办理", f"候选人员写成 ={step.users}"
            )
        if step.four_eyes is not None:
            yield from self._four_eyes(step, element, step.four_eyes)
        if step.due and not is_deadline(self._attribute(element, "dueDate"), step.due):
            fix = {
                "kind": "use_parameter",
                "element": element.id,
                "place": "dueDate",
                "parameters": [step.due],
            }
            message = f"“{step.name}”的办理期限不再取自规则参数 {step.due}"
            yield _finding(element.id, step, message, f'写成 =deadline("{step.due}", 起算时刻)', fix=fix)
        if step.boundary is not None and not self._has_boundary(element, step.boundary):
            parameter = step.boundary["timer"]["parameter"]
            message = f"“{step.name}”上没有按规则参数 {parameter} 到期的边界事件"
            yield _finding(element.id, step, message, "恢复定时边界事件")
        if step.beside is not None and not self._has_beside(element, step.beside):
            yield _finding(element.id, step, f"“{step.name}”的出路没有了", "恢复事件网关之后的消息事件")

    def _four_eyes(self, step: LegalStep, element: Element, other_key: str) -> Iterator[Finding]:
        other = self._baseline.named(other_key)
        named = _listed(element.properties.get("fourEyes", ""))
        if not any(entry.id in named for entry in self._elements(other)):
            message = f"“{step.name}”不再排除办理“{other.name}”的人（四眼原则）"
            ids = [entry.id for entry in self._elements(other)]
            fix = {"kind": "set_property", "element": element.id, "name": "fourEyes", "value": ",".join(ids)}
            yield _finding(element.id, step, message, "恢复属性 fourEyes", fix=fix if ids else None)

    def _has_boundary(self, element: Element, sign: Any) -> bool:
        scope = self._drawing.scope_of(element)
        return any(self._signs.bears(event, sign) for event in scope.boundaries(element.id))

    def _has_beside(self, element: Element, sign: Any) -> bool:
        scope = self._drawing.scope_of(element)
        gateways = {flow.source_id for flow in scope.incoming(element.id)}
        beside = {flow.target_id for gateway in gateways for flow in scope.outgoing(gateway)}
        return any(entry.id in beside for entry in self._signs.having(sign))

    def _attribute(self, element: Element, name: str) -> str:
        return self._drawing.nodes[element.id].get(f"{{{CAMUNDA}}}{name}") or ""

    def _process_id(self) -> str:
        process = self._drawing.process
        return str(process.get("id")) if process is not None else ""


def _listed(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _finding(
    element_id: str,
    step: LegalStep,
    message: str,
    mend: str,
    examples: tuple[str, ...] = (),
    fix: dict[str, Any] | None = None,
) -> Finding:
    """A finding of grade override; its code names the step, so that a reason given for it stays with it."""
    told = f"{message}（《管理办法》{step.article}）"
    return Finding(element_id, f"legal.{step.key}", "override", told, mend, step.article, fix, examples)
