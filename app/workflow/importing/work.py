"""What the system does: operations, scripts, decisions, called processes."""

from __future__ import annotations

import re

from lxml import etree

from app.engine.xml import local_name
from app.operations import catalogue
from app.workflow.importing.context import Context, camunda, own, spiff
from app.workflow.importing.foreign import attribute, extension, extensions
from app.workflow.importing.graph import Node
from app.workflow.importing.plan import Fate

_ASSIGNMENT = re.compile(r"\s*(?:(?:def|var|let|const)\s+)?([A-Za-z_]\w*)\s*=(?![=~])\s*([^\n]+?)\s*;?\s*")
_SET = re.compile(r"\s*execution\.setVariable\(\s*['\"](\w+)['\"]\s*,\s*([^\n]+)\)\s*;?\s*")


def operation(work: Context, node: Node) -> None:
    """A service task: its operation by the same name, or to be chosen from the catalogue."""
    told = _told(node)
    known = catalogue.get(told)
    if known is not None and known.retired is None:
        name = told
        if extension(node.source, "serviceTaskOperator") is None:
            work.say(node, Fate.TRANSLATED, f"“{told}”与操作目录里的操作同名，已选用")
    else:
        hint = f"文件里是“{told}”" if told else "文件里没有写做什么"
        options = [(entry.name, f"{entry.label}（{entry.name}）") for entry in catalogue if entry.retired is None]
        name = work.account.ask(f"operation:{node.id}", f"{work.named(node)}用哪个操作", options, hint)
        words = f"{hint}，选用了操作“{name}”" if name else f"{hint}，须从操作目录里选一个"
        work.say(node, Fate.TRANSLATED if name else Fate.CHOOSE, words)
    if name:
        node.extensions.append(_operator(work, node, name))


def _told(node: Node) -> str:
    operator, task = extension(node.source, "serviceTaskOperator"), extension(node.source, "taskDefinition")
    if operator is not None:
        return (operator.get("id") or "").strip()
    if task is not None:
        return (task.get("type") or "").strip().removeprefix("=").strip().strip('"')
    names = ("topic", "class", "delegateExpression", "expression", "type")
    return next((text for name in names if (text := attribute(node.source, name))), "")


def _operator(work: Context, node: Node, name: str) -> etree._Element:
    known = catalogue.get(name)
    inputs = {field.name for field in known.inputs} if known is not None else set()
    given = _inputs(work, node)
    found = spiff("serviceTaskOperator", id=name)
    if variable := _result(node):
        found.set("resultVariable", variable)
    parameters = spiff("parameters")
    for key, value in given.items():
        if key in inputs:
            parameters.append(spiff("parameter", id=key, type="string", value=value))
    found.append(parameters)
    if unused := [key for key in given if key not in inputs]:
        work.say(node, Fate.PARTLY, f"操作“{name}”没有这些输入，没有导入：{'、'.join(unused)}")
    return found


def _inputs(work: Context, node: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in extensions(node.source):
        for part in entry.iter():
            name = local_name(part)
            if name == "parameter" and part.get("id"):
                value = part.get("value") or ""
                found[str(part.get("id"))] = work.feel(node.id, "输入", value) or value
            elif name == "input" and part.get("target"):
                found[str(part.get("target"))] = work.value(node, "输入", (part.get("source") or "").strip())
            elif name == "inputParameter" and part.get("name"):
                found[str(part.get("name"))] = work.value(node, "输入", (part.text or "").strip())
    return found


def _result(node: Node) -> str:
    operator = extension(node.source, "serviceTaskOperator")
    if operator is not None:
        return operator.get("resultVariable") or ""
    outputs = [entry.get("target") or "" for entry in extensions(node.source, "output")]
    return attribute(node.source, "resultVariable") or (outputs[0] if len(outputs) == 1 else "")


def script(work: Context, node: Node) -> None:
    """A script task: one assignment or one expression becomes FEEL; anything longer must be rewritten."""
    zeebe = extension(node.source, "script")
    if zeebe is not None and zeebe.get("expression"):
        variable, text = zeebe.get("resultVariable") or "", zeebe.get("expression") or ""
    else:
        text = "\n".join((part.text or "").strip() for part in node.source if local_name(part) == "script")
        variable = attribute(node.source, "resultVariable")
        assigned = _ASSIGNMENT.fullmatch(text) or _SET.fullmatch(text)
        if not variable and assigned is not None:
            variable, text = assigned.groups()
    language = (node.source.get("scriptFormat") or "").lower()
    feel = text.strip() if language == "feel" else work.feel(node.id, "脚本", text)
    if variable:
        node.attributes[camunda("resultVariable")] = variable
    else:
        work.say(node, Fate.CHOOSE, "没有写明结果放进哪个变量")
    node.attributes["scriptFormat"] = "feel" if feel is not None else language or "python"
    node.inner.append(own("script", feel if feel is not None else text))


def decision(work: Context, node: Node) -> None:
    """A business rule task: the decision by name; the table itself is not in the file."""
    zeebe, called = extension(node.source, "calledDecision"), extension(node.source, "calledDecisionId")
    name, variable = attribute(node.source, "decisionRef"), attribute(node.source, "resultVariable")
    if zeebe is not None:
        name, variable = zeebe.get("decisionId") or "", zeebe.get("resultVariable") or ""
    if called is not None:
        name = name or (called.text or "").strip()
    if not name:
        work.say(node, Fate.CHOOSE, "没有写明用哪张决策表")
        return
    node.attributes[camunda("decisionRef")] = name
    node.attributes[camunda("resultVariable")] = variable or f"{name}_result"
    node.extensions.append(spiff("calledDecisionId", name))
    if not variable:
        work.say(node, Fate.TRANSLATED, f"结果放进变量“{name}_result”")
    work.say(node, Fate.CHOOSE, f"决策表“{name}”不在文件里，请在“决策表”里导入")


def call(work: Context, node: Node) -> None:
    """A call activity: a process in force, or to be chosen."""
    zeebe = extension(node.source, "calledElement")
    told = (node.source.get("calledElement") or "") or (zeebe.get("processId") or "" if zeebe is not None else "")
    target = told
    if told not in work.offers.processes:
        options = [(key, f"{name}（{key}）") for key, name in work.offers.processes.items()]
        hint = f"文件里是“{told}”，没有发布这样的流程" if told else "文件里没有写明"
        chosen = work.account.ask(f"process:{node.id}", f"{work.named(node)}调用哪个流程", options, hint)
        words = f"{hint}，选用了“{chosen}”" if chosen else f"{hint}，须选一个流程"
        work.say(node, Fate.TRANSLATED if chosen else Fate.CHOOSE, words)
        target = chosen or told
    if target:
        node.attributes["calledElement"] = target


def instructions(work: Context, node: Node) -> None:
    """SpiffArena's words for the person at the task become documentation, where people read them here."""
    for entry in extensions(node.source, "instructionsForEndUser"):
        if text := (entry.text or "").strip():
            node.documentation.append(text)
            work.say(node, Fate.TRANSLATED, "给办理人的提示（instructionsForEndUser）放进说明")
