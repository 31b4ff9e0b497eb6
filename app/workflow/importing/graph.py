"""The process between reading and writing: nodes, flows, lanes and notes by their new ids."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree


@dataclass
class Node:
    """A flow node. `scope` is the id of the sub-process around it, empty for the process itself."""

    id: str
    kind: str
    name: str
    source: etree._Element
    scope: str = ""
    attached_to: str | None = None
    documentation: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    extensions: list[etree._Element] = field(default_factory=list)
    inner: list[etree._Element] = field(default_factory=list)

    @property
    def old_id(self) -> str:
        """Its id in the foreign file."""
        return self.source.get("id", "")


@dataclass
class Flow:
    """A sequence flow; `old_ids` are the flows of the file that it was joined from, in order."""

    id: str
    name: str
    source: str
    target: str
    scope: str = ""
    condition: str | None = None
    documentation: list[str] = field(default_factory=list)
    old_ids: tuple[str, ...] = ()


@dataclass
class Lane:
    """A lane of the process with the nodes in it."""

    id: str
    old_id: str
    name: str
    nodes: list[str] = field(default_factory=list)


@dataclass
class Remark:
    """A text annotation, with the association that ties it to a node or flow."""

    id: str
    old_id: str
    text: str
    scope: str = ""
    ties: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Graph:
    """One process."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    pool: tuple[str, str, str] | None = None  # id, foreign id, name

    def inside(self, scope: str) -> list[Node]:
        """The nodes directly in a scope, in the order of the file."""
        return [node for node in self.nodes.values() if node.scope == scope]

    def incoming(self, node_id: str) -> list[Flow]:
        """The flows that lead to a node."""
        return [flow for flow in self.flows if flow.target == node_id]

    def outgoing(self, node_id: str) -> list[Flow]:
        """The flows that leave a node."""
        return [flow for flow in self.flows if flow.source == node_id]

    def remove(self, node_id: str) -> None:
        """Takes a node out with all that hangs on it: its flows, boundary events and what is drawn in it."""
        gone = {node_id}
        while more := {
            node.id for node in self.nodes.values()
            if node.id not in gone and (node.scope in gone or node.attached_to in gone)
        }:
            gone |= more
        self.nodes = {key: node for key, node in self.nodes.items() if key not in gone}
        self.flows = [
            flow for flow in self.flows
            if flow.source not in gone and flow.target not in gone and flow.scope not in gone
        ]

    def bypass(self, node_id: str) -> None:
        """Takes a node out and joins what leads to it with what follows it."""
        before, after = self.incoming(node_id), self.outgoing(node_id)
        self.remove(node_id)
        pairs = {(flow.source, flow.target) for flow in self.flows}
        for first in before:
            for second in after:
                if (first.source, second.target) in pairs or node_id in (first.source, second.target):
                    continue
                pairs.add((first.source, second.target))
                is_only = len(after) == 1
                self.flows.append(Flow(
                    first.id if is_only else f"{first.id}_{second.id}", first.name or second.name, first.source,
                    second.target, first.scope, first.condition or second.condition,
                    first.documentation + second.documentation, first.old_ids + second.old_ids,
                ))
