"""What a trial or a replay runs on: a process compiled from its parts, with its forms, kept as one compressed text.

It is kept whole, so that a trial goes on as it began while the draft is being changed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from app.core import clock
from app.core.errors import Conflict
from app.engine import CompiledProcess, DefinitionRefused, Element, SequenceFlow, compile_process
from app.feel import Function
from app.regulations import RuleSet
from app.regulations.feel_functions import feel_functions
from app.regulations.rule_sets import shipped_rules
from app.workflow.form_types import variable_types
from app.workflow.forms import FormRefused
from app.workflow.parts import Parts


class NotRunnable(Conflict):
    """The parts cannot be run yet; the message says what the check will say, too."""


#: What starts and ends are called that nobody named, as inside of subprocesses.
_UNNAMED: Mapping[str, str] = {"startEvent": "开始", "endEvent": "结束"}


@dataclass(frozen=True)
class Subject:
    """A process ready to run, its diagram, its forms by key, its scenarios, and what its forms give."""

    process: CompiledProcess
    xml: str
    forms: Mapping[str, str]
    scenarios: str | None
    variable_types: Mapping[str, str]

    @cached_property
    def elements(self) -> Mapping[str, Element]:
        """The elements of the process itself and of those it calls, by id; its own win."""
        own = self.process.process_id
        ordered = sorted(self.process.elements, key=lambda one: one.process_id == own)
        return {element.id: element for element in ordered}

    @cached_property
    def flows(self) -> Mapping[str, SequenceFlow]:
        """The sequence flows by id."""
        return {flow.id: flow for flow in self.process.flows}

    def named(self, element_id: str) -> str:
        """What people call an element or flow: its name, what it is of a start or end without one, else its id."""
        found: Element | SequenceFlow | None = self.elements.get(element_id) or self.flows.get(element_id)
        if found is not None and found.name:
            return found.name
        return _UNNAMED.get(found.kind, element_id) if isinstance(found, Element) else element_id

    def packed(self) -> bytes:
        """The subject as it is stored."""
        content = {
            "process": asdict(self.process), "xml": self.xml, "forms": dict(self.forms), "scenarios": self.scenarios,
            "types": dict(self.variable_types),
        }
        return zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


@dataclass
class SubjectHost:
    """Stands where the workflow layer stands, for one subject with a clock at will; who answers is for the heirs."""

    subject: Subject
    rules: RuleSet
    moment: datetime

    @property
    def functions(self) -> Mapping[str, Function]:
        """The registered FEEL functions at the moment."""
        return feel_functions(self.rules, self.moment)

    @property
    def variable_types(self) -> Mapping[str, str]:
        """Types of what the forms give."""
        return self.subject.variable_types

    def spec_text(self, spec_hash: str) -> str:
        """The one specification that is tried."""
        return self.subject.process.spec_text

    def now(self) -> datetime:
        """The moment."""
        return self.moment


def subject_of(parts: Parts, called: Mapping[str, str]) -> Subject:
    """Compiles the parts of a process together with the diagrams it calls.

    :raises NotRunnable: the diagram or a form of it cannot be run.
    """
    callable_xml = {name: text.encode() for name, text in called.items()}
    try:
        compiled = compile_process(parts.xml.encode(), parts.table_bytes(), callable_xml)
        types = variable_types(parts.forms, feel_functions(shipped_rules(), clock.now()))
    except DefinitionRefused as refusal:
        found = refusal.findings[0]
        raise NotRunnable(f"流程图还不能运行：{found.message}。请先按检查结果改正") from refusal
    except FormRefused as refusal:
        raise NotRunnable(f"表单还不能使用：{refusal}。请先按检查结果改正") from refusal
    return Subject(compiled, parts.xml, dict(parts.forms), parts.scenarios, types)


@lru_cache(maxsize=16)
def unpacked(content: bytes) -> Subject:
    """A subject as `packed` left it."""
    raw = json.loads(zlib.decompress(content))
    return Subject(_process(raw["process"]), raw["xml"], raw["forms"], raw["scenarios"], raw["types"])


def _process(raw: dict[str, Any]) -> CompiledProcess:
    elements = tuple(_element(one) for one in raw.pop("elements"))
    flows = tuple(SequenceFlow(**one) for one in raw.pop("flows"))
    return CompiledProcess(**raw, elements=elements, flows=flows)


def _element(raw: dict[str, Any]) -> Element:
    groups, users = tuple(raw.pop("candidate_groups")), tuple(raw.pop("candidate_users"))
    return Element(**raw, candidate_groups=groups, candidate_users=users)
