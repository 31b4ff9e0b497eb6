"""Which elements there will be: kinds that the engine runs stay, others become one that does, or go with a word why."""

from __future__ import annotations

from lxml import etree

from app.engine.xml import local_name
from app.workflow.importing.account import Account
from app.workflow.importing.foreign import SCOPES, definitions_of, nodes_of, parts_of, texts
from app.workflow.importing.graph import Flow, Graph, Node
from app.workflow.importing.names import Ids
from app.workflow.importing.plan import Fate

_INSTEAD = {
    "task": ("userTask", "没有写明类型的任务改为用户任务"),
    "sendTask": ("serviceTask", "发送任务改为服务任务，由操作发送"),
    "transaction": ("subProcess", "事务子流程改为普通子流程，取消与补偿不起作用"),
    "adHocSubProcess": ("subProcess", "特别子流程改为普通子流程，请给里面的环节连线"),
    "complexGateway": ("inclusiveGateway", "复杂网关改为包容网关，请核对条件"),
}
_EVENTS = {
    "timerEventDefinition": "定时", "messageEventDefinition": "消息", "errorEventDefinition": "错误",
    "signalEventDefinition": "信号", "escalationEventDefinition": "升级", "conditionalEventDefinition": "条件",
    "compensateEventDefinition": "补偿", "cancelEventDefinition": "取消", "linkEventDefinition": "链接",
    "terminateEventDefinition": "终止",
}  # fmt: skip
_CAUGHT = frozenset({"timerEventDefinition", "messageEventDefinition", "signalEventDefinition"})
_KEPT_ENDS = frozenset({"terminateEventDefinition", "errorEventDefinition"})


class Sorting:
    """Fills a graph from a foreign process."""

    def __init__(self, ids: Ids, account: Account) -> None:
        self._ids = ids
        self._account = account
        self.graph = Graph()
        self.new_ids: dict[str, str] = {}
        self._bypassed: list[str] = []
        self._removed: list[str] = []
        self._links: dict[str, list[str]] = {}
        self._targets: dict[str, str] = {}

    def run(self, process: etree._Element) -> Graph:
        """Everything of the process that can stand in the draft."""
        self._scope(process, "")
        for scope, source in self._scopes(process):
            self._flows(source, scope)
        for node in self.graph.nodes.values():
            if node.kind == "boundaryEvent":
                node.attached_to = self.new_ids.get(node.source.get("attachedToRef", ""), "")
        self._join_links()
        self._orphans()
        for node_id in self._removed:
            self.graph.remove(node_id)
        for node_id in self._bypassed:
            self.graph.bypass(node_id)
        self._tell_lost(set(self.new_ids.values()))
        return self.graph

    def _tell_lost(self, known: set[str]) -> None:
        """Of what went with something around it, that it went."""
        left = {*self.graph.nodes, *(old for flow in self.graph.flows for old in flow.old_ids)}
        left |= {flow.id for flow in self.graph.flows} | {self.new_ids.get(old, "") for old in left}
        for element_id in sorted(known - left - {*self._removed, *self._bypassed}):
            self._account.note(element_id, Fate.DROPPED, "随没有导入的环节一起舍去")

    def _scopes(self, process: etree._Element) -> list[tuple[str, etree._Element]]:
        found = [("", process)]
        found += [(node.id, node.source) for node in self.graph.nodes.values() if node.kind == "subProcess"]
        return found

    def _scope(self, source: etree._Element, scope: str) -> None:
        starts = 0
        ordered = nodes_of(source)
        has_plain = any(local_name(node) == "startEvent" and not definitions_of(node) for node in ordered)
        for foreign in ordered:
            node = self._node(foreign, scope)
            if local_name(foreign) == "startEvent":
                is_other = starts > 0 or (has_plain and bool(definitions_of(foreign)))
                starts += not is_other
                if is_other:
                    self._drop(node, "每个流程只有一个开始事件；这一个连同它的连线没有导入")
            if local_name(foreign) in SCOPES:
                self._scope(foreign, node.id)

    def _node(self, foreign: etree._Element, scope: str) -> Node:
        kind, name = local_name(foreign), " ".join((foreign.get("name") or "").split())
        node = Node(self._ids.new(foreign.get("id", ""), _plain(kind), name), kind, name, foreign, scope)
        node.documentation = list(texts(foreign, "documentation"))
        self.graph.nodes[node.id] = node
        self.new_ids.setdefault(foreign.get("id", ""), node.id)
        self._account.opened(node.id, name, kind)
        if kind in _INSTEAD:
            node.kind, words = _INSTEAD[kind]
            fate = Fate.CHOOSE if kind in ("complexGateway", "adHocSubProcess") else Fate.TRANSLATED
            self._account.note(node.id, fate, words)
        if foreign.get("triggeredByEvent") == "true":
            self._drop(node, "不支持事件子流程，连同里面的环节没有导入；可改用边界事件")
        elif foreign.get("isForCompensation") == "true":
            self._drop(node, "不支持补偿，这一环节没有导入")
        elif kind.endswith("Event"):
            self._event(node)
        return node

    def _drop(self, node: Node, words: str) -> None:
        self._removed.append(node.id)
        self._account.note(node.id, Fate.DROPPED, words)

    def _skip(self, node: Node, words: str) -> None:
        self._bypassed.append(node.id)
        self._account.note(node.id, Fate.DROPPED, f"{words}；前后的连线已接上")

    # --- events -----------------------------------------------------------------------------------------------

    def _event(self, node: Node) -> None:
        kinds = [local_name(definition) for definition in definitions_of(node.source)]
        first = kinds[0] if kinds else ""
        words = _EVENTS.get(first, first)
        if len(kinds) > 1:
            self._account.note(node.id, Fate.CHOOSE, "一个事件只等一件事：只留下第一个事件定义")
        {
            "startEvent": self._start, "endEvent": self._end, "intermediateThrowEvent": self._throw,
            "intermediateCatchEvent": self._catch, "boundaryEvent": self._boundary,
        }[node.kind](node, first, words)  # fmt: skip

    def _start(self, node: Node, kind: str, words: str) -> None:
        if kind:
            self._account.note(node.id, Fate.TRANSLATED, f"{words}开始事件改为普通开始：流程由业务环节启动")

    def _end(self, node: Node, kind: str, words: str) -> None:
        if kind and kind not in _KEPT_ENDS:
            hint = "；要发送消息的，在前面加一个服务任务" if kind == "messageEventDefinition" else ""
            self._account.note(node.id, Fate.TRANSLATED, f"{words}结束事件改为普通结束{hint}")

    def _throw(self, node: Node, kind: str, words: str) -> None:
        if kind == "linkEventDefinition":
            self._link(node)
        elif not parts_of(node.source, "outgoing") and not self._has_flow(node):
            node.kind = "endEvent"
            self._account.note(node.id, Fate.TRANSLATED, "后面没有连线的抛出事件改为结束事件")
        elif kind == "messageEventDefinition":
            node.kind = "serviceTask"
            self._account.note(node.id, Fate.TRANSLATED, "抛出消息的事件改为服务任务，由操作发送")
        else:
            self._skip(node, f"不支持抛出{words}事件" if kind else "空的抛出事件没有作用，没有导入")

    def _catch(self, node: Node, kind: str, words: str) -> None:
        if kind == "linkEventDefinition":
            self._link(node)
        elif kind not in _CAUGHT:
            self._skip(node, f"不支持{words}中间事件" if kind else "没有写明等什么的中间事件没有导入")

    def _boundary(self, node: Node, kind: str, words: str) -> None:
        if kind not in _CAUGHT and kind != "errorEventDefinition":
            self._drop(node, f"不支持{words or '空的'}边界事件，连同它的连线没有导入")

    def _has_flow(self, node: Node) -> bool:
        around = node.source.getparent()
        flows = parts_of(around, "sequenceFlow") if around is not None else []
        return any(flow.get("sourceRef") == node.old_id for flow in flows)

    def _link(self, node: Node) -> None:
        name = definitions_of(node.source)[0].get("name") or node.name
        if node.kind == "intermediateThrowEvent":
            self._links.setdefault(name, []).append(node.id)
        else:
            self._targets[name] = node.id
        self._skip(node, "链接事件由连线代替")

    def _join_links(self) -> None:
        for name, sources in self._links.items():
            target = self._targets.get(name)
            for source in sources:
                if target is not None and self.graph.nodes[source].scope == self.graph.nodes[target].scope:
                    scope = self.graph.nodes[source].scope
                    self.graph.flows.append(Flow(self._ids.free(f"flow_{source}"), "", source, target, scope))
                else:
                    self._account.note(source, Fate.CHOOSE, f"没有找到名为“{name}”的链接终点，请补上连线")

    # --- flows ------------------------------------------------------------------------------------------------

    def _flows(self, source: etree._Element, scope: str) -> None:
        for foreign in parts_of(source, "sequenceFlow"):
            name = " ".join((foreign.get("name") or "").split())
            flow_id = self._ids.new(foreign.get("id", ""), "flow")
            self.new_ids.setdefault(foreign.get("id", ""), flow_id)
            ends = [self.new_ids.get(foreign.get(end, ""), "") for end in ("sourceRef", "targetRef")]
            self._account.opened(flow_id, name, "sequenceFlow")
            if any(end not in self.graph.nodes or self.graph.nodes[end].scope != scope for end in ends):
                self._account.note(flow_id, Fate.DROPPED, "连线的一端不在同一层流程里，没有导入")
                continue
            flow = Flow(flow_id, name, ends[0], ends[1], scope, old_ids=(foreign.get("id", ""),))
            flow.documentation = list(texts(foreign, "documentation"))
            flow.condition = next(texts(foreign, "conditionExpression"), None)
            self.graph.flows.append(flow)

    def _orphans(self) -> None:
        for node in self.graph.nodes.values():
            host = self.graph.nodes.get(node.attached_to or "")
            is_attached = host is not None and host.scope == node.scope
            if node.kind == "boundaryEvent" and not is_attached and node.id not in self._removed:
                self._drop(node, "边界事件没有附在任何环节上，没有导入")


def _plain(kind: str) -> str:
    """A word for ids of elements that have no speaking one."""
    for end, word in (("Gateway", "gateway"), ("Task", "task"), ("Event", "event"), ("rocess", "part")):
        if kind.endswith(end):
            return {"startEvent": "begun", "endEvent": "ended"}.get(kind, word)
    return kind
