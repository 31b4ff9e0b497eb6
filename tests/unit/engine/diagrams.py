"""Small diagrams written as data, and a host to run them: what the specification of the engine is told with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from app.core.clock import ZONE
from app.engine import Execution, compile_process
from app.feel import Function, Parameter
from app.operations import OperationError

NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'targetNamespace="http://zhiku/test"'
)
START = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)

#: (tag, id, attributes, inner XML)
Node = tuple[str, str, str, str]
#: "a > b", "a > b : condition" or "a > b : default"
Flow = str


def node(tag: str, node_id: str, attributes: str = "", inner: str = "") -> Node:
    """One node; its name is its id."""
    return tag, node_id, attributes, inner


def user(node_id: str, attributes: str = "", inner: str = "", group: str = "center_clerk") -> Node:
    """A user task with a form and a group."""
    given = f'camunda:formKey="test/{node_id}" camunda:candidateGroups={quoteattr(group)} {attributes}'
    return node("userTask", node_id, given, inner)


def service(node_id: str, operation: str, variable: str = "", **parameters: str) -> Node:
    """A service task; parameter values are FEEL."""
    given = "".join(
        f'<spiffworkflow:parameter id="{name}" type="string" value={quoteattr(value)}/>'
        for name, value in parameters.items()
    )
    result = f' resultVariable="{variable}"' if variable else ""
    return node(
        "serviceTask",
        node_id,
        inner=f'<bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="{operation}"{result}>'
        f"<spiffworkflow:parameters>{given}</spiffworkflow:parameters>"
        "</spiffworkflow:serviceTaskOperator></bpmn:extensionElements>",
    )


def script(node_id: str, variable: str, expression: str) -> Node:
    """A FEEL script task."""
    attributes = f'scriptFormat="feel" camunda:resultVariable="{variable}"'
    return node("scriptTask", node_id, attributes, f"<bpmn:script>{escape(expression)}</bpmn:script>")


def timer(kind: str, expression: str) -> str:
    """A timer definition: kind is Date, Duration or Cycle."""
    return (
        f'<bpmn:timerEventDefinition><bpmn:time{kind} xsi:type="bpmn:tFormalExpression">'
        f"{escape(expression)}</bpmn:time{kind}></bpmn:timerEventDefinition>"
    )


def message(name: str, variable: str = "") -> str:
    """A message definition; the message itself is declared by `diagram` when its reference is seen."""
    into = (
        f"<bpmn:extensionElements><spiffworkflow:messageVariable>{variable}</spiffworkflow:messageVariable>"
        "</bpmn:extensionElements>"
        if variable
        else ""
    )
    return f'<bpmn:messageEventDefinition messageRef="M_{name}">{into}</bpmn:messageEventDefinition>'


def error(code: str = "") -> str:
    """An error definition; without a code it catches all."""
    return f'<bpmn:errorEventDefinition errorRef="E_{code}"/>' if code else "<bpmn:errorEventDefinition/>"


def catch(node_id: str, definition: str) -> Node:
    """An intermediate catch event."""
    return node("intermediateCatchEvent", node_id, inner=definition)


def boundary(node_id: str, attached: str, definition: str, interrupting: bool = True) -> Node:
    """A boundary event."""
    cancels = "true" if interrupting else "false"
    return node(
        "boundaryEvent", node_id, f'attachedToRef="{attached}" cancelActivity="{cancels}"', definition
    )


def multi(
    collection: str = "", item: str = "", out: str = "", out_item: str = "", cardinality: str = "",
    sequential: bool = False, condition: str = "",
) -> str:  # fmt: skip
    """Multi-instance characteristics."""
    parts = []
    if cardinality:
        parts.append(f"<bpmn:loopCardinality>{escape(cardinality)}</bpmn:loopCardinality>")
    if collection:
        parts.append(f"<bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef>")
    if out:
        parts.append(f"<bpmn:loopDataOutputRef>{out}</bpmn:loopDataOutputRef>")
    if item:
        parts.append(f'<bpmn:inputDataItem id="{item}" name="{item}"/>')
    if out_item:
        parts.append(f'<bpmn:outputDataItem id="{out_item}" name="{out_item}"/>')
    if condition:
        parts.append(f"<bpmn:completionCondition>{escape(condition)}</bpmn:completionCondition>")
    order = ' isSequential="true"' if sequential else ""
    return (
        f"<bpmn:multiInstanceLoopCharacteristics{order}>{''.join(parts)}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def sub(node_id: str, nodes: Sequence[Node], flows: Sequence[Flow], inner: str = "") -> Node:
    """An embedded sub-process."""
    return node("subProcess", node_id, inner=inner + body(nodes, flows, prefix=f"{node_id}_"))


def body(nodes: Sequence[Node], flows: Sequence[Flow], prefix: str = "") -> str:
    """Nodes and flows as XML, in the order the schema wants."""
    defaults: dict[str, str] = {}
    touching: dict[str, list[str]] = {}
    drawn = []
    for position, flow in enumerate(flows):
        ends, _, condition = flow.partition(" : ")
        source, target = (end.strip() for end in ends.split(">"))
        flow_id = f"{prefix}f{position}_{source}_{target}"
        touching.setdefault(source, []).append(f"<bpmn:outgoing>{flow_id}</bpmn:outgoing>")
        touching.setdefault(target, []).insert(0, f"<bpmn:incoming>{flow_id}</bpmn:incoming>")
        if condition == "default":
            defaults[source] = flow_id
        text = (
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}'
            "</bpmn:conditionExpression>"
            if condition not in ("", "default")
            else ""
        )
        drawn.append(
            f'<bpmn:sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">{text}'
            "</bpmn:sequenceFlow>"
        )
    parts = []
    for tag, node_id, attributes, inner in nodes:
        default = f' default="{defaults[node_id]}"' if node_id in defaults else ""
        head, rest = _split_extensions(inner)
        links = "".join(sorted(touching.get(node_id, []), key=lambda text: "outgoing" in text))
        parts.append(
            f'<bpmn:{tag} id="{node_id}" name="{node_id}"{default} {attributes}>{head}{links}{rest}</bpmn:{tag}>'
        )
    return "".join(parts) + "".join(drawn)


def _split_extensions(inner: str) -> tuple[str, str]:
    found = re.match(
        r"(<bpmn:documentation>.*?</bpmn:documentation>)?(<bpmn:extensionElements>.*?</bpmn:extensionElements>)?",
        inner,
        re.DOTALL,
    )
    end = found.end() if found else 0
    return inner[:end], inner[end:]


def diagram(process_id: str, nodes: Sequence[Node], flows: Sequence[Flow], extra: str = "") -> bytes:
    """A whole document with one process; start, end and the messages and errors it names are added."""
    inside = body(nodes, flows)
    declared = "".join(
        f'<bpmn:message id="M_{name}" name="{name}"/>'
        for name in sorted(set(re.findall(r'messageRef="M_(\w+)"', inside)))
    ) + "".join(
        f'<bpmn:error id="E_{code}" name="{code}" errorCode="{code}"/>'
        for code in sorted(set(re.findall(r'errorRef="E_(\w+)"', inside)))
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions {NAMESPACES} id="defs_{process_id}">{declared}'
        f'<bpmn:process id="{process_id}" name="{process_id}" isExecutable="true">{inside}</bpmn:process>{extra}'
        "</bpmn:definitions>"
    ).encode()


def start(node_id: str = "begin") -> Node:
    """A none start event."""
    return node("startEvent", node_id)


def end(node_id: str = "done", inner: str = "") -> Node:
    """An end event."""
    return node("endEvent", node_id, inner=inner)


@dataclass
class FakeHost:
    """A host whose clock stands still until it is moved, and whose operations are plain functions."""

    operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    variable_types: dict[str, str] = field(default_factory=dict)
    specs: dict[str, str] = field(default_factory=dict)
    instant: datetime = START
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def functions(self) -> Mapping[str, Function]:
        """The clock, and a deadline of so many days, as the product registers them."""
        return {
            "now": Function("now", (), "date and time", "现在", call=self.now),
            "deadline": Function(
                "deadline",
                (Parameter("name", "string"), Parameter("from", "date and time")),
                "date and time",
                "期限",
                call=lambda name, moment: moment + timedelta(days=len(name)),
            ),
        }

    def now(self) -> datetime:
        """The instant of the step."""
        return self.instant

    def later(self, **span: float) -> None:
        """Move the clock on."""
        self.instant += timedelta(**span)

    def spec_text(self, spec_hash: str) -> str:
        """From memory."""
        return self.specs[spec_hash]

    def call_operation(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Run and remember."""
        self.calls.append((name, arguments))
        if name not in self.operations:
            raise OperationError("unknown_operation", f"没有名为 {name} 的操作")
        return self.operations[name](arguments)


class Run:
    """One instance of a diagram; with `stored`, it is dumped and loaded after every act."""

    def __init__(
        self, content: bytes, data: Mapping[str, Any] | None = None, host: FakeHost | None = None,
        stored: bool = False, tables: Mapping[str, bytes] | None = None, called: Mapping[str, bytes] | None = None,
    ) -> None:  # fmt: skip
        self.host = host or FakeHost()
        self.stored = stored
        process = compile_process(content, tables or {}, called or {})
        self.host.specs[process.spec_hash] = process.spec_text
        self.spec_hash = process.spec_hash
        self.execution = Execution.start(process.spec_hash, data or {}, self.host)
        self.told: list[tuple[str, str]] = []
        self._after()

    def _after(self) -> None:
        self.told += [(passed.element_id, passed.outcome) for passed in self.execution.drain_passed()]
        if self.stored:
            self.execution = Execution.load(self.spec_hash, self.execution.dump(), self.host)

    def open(self) -> list[str]:
        """The elements of the open tasks, with the item of a multi-instance task."""
        return sorted(
            task.element_id if task.item_key is None else f"{task.element_id}/{task.item_key}"
            for task in self.execution.open_tasks()
        )

    def task_id(self, name: str) -> str:
        """The id of an open task by element or element/item."""
        element_id, _, item = name.partition("/")
        for task in self.execution.open_tasks():
            if task.element_id == element_id and (not item or task.item_key == item):
                return task.id
        raise AssertionError(f"{name} is not open, but {self.open()}")

    def complete(self, name: str, **answers: Any) -> Run:
        """Complete an open task."""
        self.execution.complete(self.task_id(name), answers)
        self._after()
        return self

    def deliver(self, name: str, **payload: Any) -> bool:
        """Deliver a message."""
        taken = self.execution.deliver(name, payload)
        self._after()
        return taken

    def later(self, **span: float) -> Run:
        """Move the clock on and let what is due happen."""
        self.host.later(**span)
        self.execution.advance()
        self._after()
        return self

    def jump(self, name: str, element_id: str) -> Run:
        """Return an open task to an element."""
        self.execution.jump(self.task_id(name), element_id)
        self._after()
        return self

    @property
    def ends(self) -> tuple[str, ...]:
        """The end events reached; empty while it runs."""
        return self.execution.end_elements if self.execution.is_completed else ()

    @property
    def data(self) -> dict[str, Any]:
        """The data of the instance."""
        return self.execution.data()

    def outcomes(self, outcome: str) -> list[str]:
        """The elements (or flows) that were told with an outcome, in order."""
        return [element_id for element_id, told in self.told if told == outcome]
