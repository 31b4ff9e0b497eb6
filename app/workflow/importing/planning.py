"""From the bytes of a foreign file to a plan: the draft's parts, the account of every element, what is to be chosen."""

from __future__ import annotations

from collections import Counter

from lxml import etree

from app.engine.xml import SPIFF, bpmn, local_name
from app.workflow.importing import events, people, work
from app.workflow.importing.account import Account
from app.workflow.importing.context import Context, spiff
from app.workflow.importing.elements import Sorting
from app.workflow.importing.foreign import (
    exporter_of,
    extensions,
    is_bpmn,
    nodes_of,
    parts_of,
    processes_of,
    read,
    texts,
)
from app.workflow.importing.graph import Lane, Node, Remark
from app.workflow.importing.layout import laid_out
from app.workflow.importing.names import Ids, process_key
from app.workflow.importing.picture import copied
from app.workflow.importing.plan import Fate, ImportPlan, Offers, Wishes
from app.workflow.importing.writing import document
from app.workflow.parts import Parts

#: Extension elements that are read above; all others are told as dropped.
_READ = frozenset({
    "formData", "assignmentDefinition", "formDefinition", "taskDefinition", "ioMapping", "inputOutput",
    "calledDecision", "calledElement", "script", "taskSchedule", "serviceTaskOperator", "calledDecisionId",
    "loopCharacteristics", "userTask", "userTaskForm", "instructionsForEndUser", "messageVariable",
})  # fmt: skip
#: What says nothing of how the process runs, found on every element of some exporters.
_SILENT = frozenset({"signavioMetaData"})
_DATA = frozenset({"dataObjectReference", "dataStoreReference"})
_TASKS = {
    "userTask": people.translate, "manualTask": people.translate, "serviceTask": work.operation,
    "scriptTask": work.script, "businessRuleTask": work.decision, "callActivity": work.call,
    "receiveTask": events.receive,
}  # fmt: skip


def plan(content: bytes, wishes: Wishes, offers: Offers) -> ImportPlan:
    """What the import of a file will be. Nothing is written. :raises Unreadable: at `file`, it is no BPMN at all."""
    root = read(content)
    process = _chosen(root, wishes.process)
    given = _name_of(root, process)
    key = wishes.key.strip() or process_key(process.get("id", ""), given)
    name = _readable(wishes.name or given)
    account = Account(wishes)
    ids = Ids({key, f"collaboration_{key}", f"definitions_{key}", f"diagram_{key}", f"plane_{key}"})
    sorting = Sorting(ids, account)
    drawn = Context(root, key, sorting.run(process), account, ids, offers)
    _frame(drawn, process, sorting.new_ids)
    _translate(drawn, sorting.new_ids)
    picture = copied(root, drawn.graph)
    is_laid_out = picture is None
    if is_laid_out:
        _framed(drawn, process)
        account.opened("drawing", "", "drawing")
        account.note("drawing", Fate.TRANSLATED, "文件里没有画好的图，或者不全：已重新排布")
    _others(drawn, process)
    words = list(texts(process, "documentation"))
    xml = document(drawn, name, words, _properties(process), picture or laid_out(drawn.graph))
    return ImportPlan(
        exporter_of(root), tuple(_listed(root)), process.get("id", ""), key, name, account.lines(),
        tuple(account.needs.values()), Parts(xml, {}, dict(sorted(drawn.forms.items()))), is_laid_out,
    )


def _readable(text: str) -> str:
    """On one line, without signs that no XML can hold."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:80]


def _listed(root: etree._Element) -> list[tuple[str, str]]:
    return [
        (process.get("id", ""), _name_of(root, process))
        for process in processes_of(root) if nodes_of(process)
    ]


def _chosen(root: etree._Element, wanted: str) -> etree._Element:
    """The process that was asked for, else the executable one with the most to it."""
    found = [process for process in processes_of(root) if nodes_of(process)]
    asked = next((process for process in found if wanted and process.get("id") == wanted), None)
    return asked if asked is not None else max(
        found, key=lambda process: (process.get("isExecutable") == "true", len(nodes_of(process)))
    )


def _name_of(root: etree._Element, process: etree._Element) -> str:
    return (process.get("name") or "") or _pool_name(root, process) or process.get("id", "")


def _pool_name(root: etree._Element, process: etree._Element) -> str:
    for pool in root.iter(bpmn("participant")):
        if pool.get("processRef") == process.get("id"):
            return pool.get("name") or ""
    return ""


def _frame(drawn: Context, process: etree._Element, new_ids: dict[str, str]) -> None:
    """The pool, the lanes and the notes."""
    graph = drawn.graph
    for pool in drawn.root.iter(bpmn("participant")):
        if pool.get("processRef") == process.get("id") and graph.pool is None:
            graph.pool = (drawn.ids.new(pool.get("id", ""), "pool"), pool.get("id", ""), pool.get("name") or "")
    for lane in process.iterfind(f"{bpmn('laneSet')}//{bpmn('lane')}"):
        if lane.find(f"{bpmn('childLaneSet')}/{bpmn('lane')}") is not None:
            continue  # what stands in it is listed by the lanes within
        found = Lane(drawn.ids.new(lane.get("id", ""), "lane"), lane.get("id", ""), lane.get("name") or "")
        named = [new_ids.get(reference) for reference in texts(lane, "flowNodeRef")]
        found.nodes = [key for key in named if key in graph.nodes and not graph.nodes[key].scope]
        drawn.account.opened(found.id, found.name, "lane")
        graph.lanes.append(found)
    for scope, source in [("", process), *((n.id, n.source) for n in graph.nodes.values() if n.kind == "subProcess")]:
        _remarks(drawn, source, scope, new_ids)


def _framed(drawn: Context, process: etree._Element) -> None:
    """Lanes are drawn in a pool; where all are laid out anew, everything stands in one."""
    graph = drawn.graph
    if not graph.lanes:
        graph.pool = None
        return
    if graph.pool is None:
        graph.pool = (drawn.ids.free("pool"), "", process.get("name") or "")
    lane_of = {key: lane for lane in reversed(graph.lanes) for key in lane.nodes}
    for lane in graph.lanes:
        lane.nodes = []
    for node in graph.inside(""):  # each in one lane, boundary events where their host is
        lane_of.get(node.attached_to or node.id, graph.lanes[0]).nodes.append(node.id)


def _remarks(drawn: Context, source: etree._Element, scope: str, new_ids: dict[str, str]) -> None:
    known = {*drawn.graph.nodes, *(flow.id for flow in drawn.graph.flows)}
    for note in parts_of(source, "textAnnotation"):
        old_id = note.get("id", "")
        remark = Remark(drawn.ids.new(old_id, "note"), old_id, next(texts(note, "text"), ""), scope)
        for tie in parts_of(source, "association"):
            ends = {tie.get("sourceRef", ""), tie.get("targetRef", "")}
            others = [key for end in ends - {old_id} if (key := new_ids.get(end)) in known and key is not None]
            if old_id in ends and others:
                remark.ties.append((drawn.ids.new(tie.get("id", ""), "tie"), others[0], tie.get("id", "")))
        drawn.account.opened(remark.id, remark.text[:20], "textAnnotation")
        drawn.graph.remarks.append(remark)


def _translate(drawn: Context, new_ids: dict[str, str]) -> None:
    for node in drawn.graph.nodes.values():
        if node.kind in _TASKS:
            _TASKS[node.kind](drawn, node)
        if node.kind.endswith("Event"):
            events.event(drawn, node)
        elif not node.kind.endswith("Gateway"):
            events.repetition(drawn, node)
        work.instructions(drawn, node)
        events.default_flow(drawn, node, new_ids)
        _extensions(drawn, node)
    for flow in drawn.graph.flows:
        events.condition(drawn, flow)


def _extensions(drawn: Context, node: Node) -> None:
    """Our own properties stay; what nobody reads is told."""
    if properties := _properties(node.source):
        around = spiff("properties")
        for name, value in properties.items():
            around.append(spiff("property", name=name, value=value))
        node.extensions.append(around)
    unread = Counter(
        _prefixed(entry) for entry in extensions(node.source)
        if local_name(entry) not in _READ | _SILENT and not _is_own_properties(entry)
    )
    if unread:
        drawn.say(node, Fate.PARTLY, f"没有导入的扩展：{'、'.join(sorted(unread))}")


def _prefixed(entry: etree._Element) -> str:
    return f"{entry.prefix}:{local_name(entry)}" if entry.prefix else local_name(entry)


def _is_own_properties(entry: etree._Element) -> bool:
    return entry.tag == f"{{{SPIFF}}}properties"


def _properties(node: etree._Element) -> dict[str, str]:
    found = {}
    for around in extensions(node):
        if _is_own_properties(around):
            for entry in around:
                if local_name(entry) == "property" and entry.get("name") and entry.get("name") not in _FORM_NAMES:
                    found[str(entry.get("name"))] = entry.get("value") or ""
    return found


_FORM_NAMES = frozenset({"formJsonSchemaFilename", "formUiSchemaFilename"})


def _others(drawn: Context, process: etree._Element) -> None:
    """What of the file stands outside of the graph: other pools, message flows, data, frames, renamed ids."""
    _other_pools(drawn, process)
    account = drawn.account
    for flow in drawn.root.iter(bpmn("messageFlow")):
        account.dropped(flow.get("id", ""), flow.get("name") or "", "messageFlow", "流程之间的消息由操作和消息事件传递")
    for node in process.iter():
        if is_bpmn(node) and local_name(node) in _DATA:
            account.dropped(node.get("id", ""), node.get("name") or "", local_name(node), "数据用变量传递，没有导入")
    for node in drawn.root.iter(bpmn("group")):
        account.dropped(node.get("id", ""), "", "group", "分组框没有作用，没有导入")
    if drawn.ids.changed:
        account.opened("ids", "", "ids")
        account.note("ids", Fate.TRANSLATED, f"{drawn.ids.changed} 个编号重复、与引擎冲突或不便辨认，已改")


def _other_pools(drawn: Context, process: etree._Element) -> None:
    account = drawn.account
    for other in processes_of(drawn.root):
        if other is not process and nodes_of(other):
            name = other.get("name") or _pool_name(drawn.root, other)
            words = "一次导入一个流程；要导入这一个，另选一次"
            account.dropped(other.get("id", ""), name, "process", words)
    for pool in drawn.root.iter(bpmn("participant")):
        if not any(one.get("id") == pool.get("processRef") and nodes_of(one) for one in processes_of(drawn.root)):
            account.dropped(pool.get("id", ""), pool.get("name") or "", "participant", "空的池没有导入")
