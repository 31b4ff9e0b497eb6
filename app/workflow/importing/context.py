"""What the translating of the elements shares: the graph, the account, and what goes into the draft besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from app.engine.xml import BPMN, CAMUNDA, SPIFF, bpmn
from app.regulations.parameters import REGISTER
from app.workflow.conformance.times import PERIODS, candidates
from app.workflow.importing.account import Account
from app.workflow.importing.conditions import to_feel
from app.workflow.importing.graph import Graph, Node
from app.workflow.importing.names import Ids, slug
from app.workflow.importing.plan import Fate, Offers

_LABELS = {entry.key: entry.label for entry in REGISTER}
_PERIODS = [entry.key for entry in REGISTER if entry.unit in PERIODS]
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


@dataclass
class Context:
    """One import. `messages` and `errors` are declared beside the process: id -> name, id -> (name, code)."""

    root: etree._Element
    key: str
    graph: Graph
    account: Account
    ids: Ids
    offers: Offers
    messages: dict[str, str] = field(default_factory=dict)
    errors: dict[str, tuple[str, str]] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)

    def say(self, node: Node, fate: Fate, words: str) -> None:
        """A note on a node."""
        self.account.note(node.id, fate, words)

    def named(self, node: Node) -> str:
        """The node as people read it."""
        return f"“{node.name or node.id}”"

    def feel(self, element_id: str, what: str, text: str) -> str | None:
        """The FEEL of an expression with a note of what was done to it; None where it must be rewritten."""
        found = to_feel(text)
        if found is None:
            self.account.note(element_id, Fate.CHOOSE, f"{what}“{_short(text)}”要改写成 FEEL")
            return None
        if found.is_changed:
            words = f"{what}“{_short(text)}”改写为“{_short(found.text)}”"
            self.account.note(element_id, Fate.TRANSLATED, words)
        return found.text

    def value(self, node: Node, what: str, text: str) -> str:
        """The FEEL of a value that may be a plain text: `${x}` and `=x` are expressions, the rest is taken as said."""
        if text.startswith(("${", "#{", "=")):
            return self.feel(node.id, what, text) or text
        if text.replace(".", "", 1).isdecimal() or text in ("true", "false"):
            return text
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def deadline(self, node: Node, what: str, literal: str) -> str:
        """The expression by the parameter chosen for a written period; empty while none is chosen."""
        keys = dict.fromkeys([*candidates(literal), *_PERIODS])  # those of its own unit first
        options = [(key, f"{_LABELS[key]}（{key}）") for key in keys]
        label = f"{self.named(node)}的{what}按哪个规则参数"
        chosen = self.account.ask(f"time:{node.id}", label, options, f"文件里直接写了 {_short(literal)}")
        if not chosen:
            self.say(node, Fate.CHOOSE, f"{what}直接写了“{_short(literal)}”，须选一个规则参数")
            return ""
        self.say(node, Fate.TRANSLATED, f"{what}“{_short(literal)}”改为规则参数“{_LABELS[chosen]}”")
        return f'deadline("{chosen}", now())'

    def message(self, name: str) -> str:
        """The id of the message of a name, declared if need be."""
        for message_id, known in self.messages.items():
            if known == name:
                return message_id
        message_id = self.ids.free(f"message_{slug(name, 'received')}")
        self.messages[message_id] = name
        return message_id


def camunda(name: str) -> str:
    """The full name of an attribute of ours."""
    return f"{{{CAMUNDA}}}{name}"


def spiff(name: str, text: str = "", /, **attributes: str) -> etree._Element:
    """An extension element of ours."""
    return _made(f"{{{SPIFF}}}{name}", text, attributes)


def own(name: str, text: str = "", /, **attributes: str) -> etree._Element:
    """An element of BPMN."""
    return _made(bpmn(name), text, attributes)


def formal(name: str, text: str) -> etree._Element:
    """An expression of BPMN; its type is written with the prefix under which BPMN is declared."""
    return _made(bpmn(name), text, {XSI_TYPE: "bpmn:tFormalExpression"})


def _made(tag: str, text: str, attributes: Mapping[str, str]) -> etree._Element:
    found = etree.Element(tag, nsmap={"bpmn": BPMN})
    for name, value in attributes.items():
        found.set(name, value)
    if text:
        found.text = text
    return found


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 60 else f"{plain[:60]}…"
