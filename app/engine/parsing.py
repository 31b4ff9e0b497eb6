"""SpiffWorkflow's parser, extended: Camunda's attributes, FEEL scripts and timers, decisions, own error events."""

from __future__ import annotations

from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EndEvent, IntermediateCatchEvent, StartEvent
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
)
from SpiffWorkflow.spiff.parser.event_parsers import (
    SpiffBoundaryEventParser,
    SpiffEndEventParser,
    SpiffIntermediateCatchEventParser,
    SpiffReceiveTaskParser,
    SpiffStartEventParser,
)
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser, SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import ServiceTaskParser, SpiffTaskParser
from SpiffWorkflow.spiff.specs.defaults import ReceiveTask

from app.engine.specs import (
    DecisionTask,
    ErrorEvent,
    FeelScriptTask,
    HumanTask,
    MessageEvent,
    OperationTask,
)
from app.engine.timers import CycleTimer, DateTimer, DurationTimer
from app.engine.xml import CAMUNDA

_TIMERS = {
    TimeDateEventDefinition: DateTimer,
    DurationTimerEventDefinition: DurationTimer,
    CycleTimerEventDefinition: CycleTimer,
}


def camunda_attributes(node: etree._Element) -> dict[str, str]:
    """The ``camunda:`` attributes of an element, with their prefix."""
    prefix = f"{{{CAMUNDA}}}"
    return {
        f"camunda:{str(key).removeprefix(prefix)}": str(value)
        for key, value in node.attrib.items()
        if str(key).startswith(prefix)
    }


def decision_of(node: etree._Element) -> str | None:
    """The decision a business rule task asks: ``camunda:decisionRef`` or Spiff's ``calledDecisionId``."""
    called = SpiffTaskParser._parse_extensions(node).get("calledDecisionId")
    return node.get(f"{{{CAMUNDA}}}decisionRef") or (called or "").strip() or None


def result_variable_of(node: etree._Element) -> str | None:
    """``camunda:resultVariable``, where a script or decision task puts its value."""
    return node.get(f"{{{CAMUNDA}}}resultVariable")


def _refused(parser: Any, message: str) -> ValidationException:
    return ValidationException(message, node=parser.node, file_name=parser.filename)


class _HumanTaskParser(SpiffTaskParser):
    def parse_extensions(self, node: Any = None) -> dict[str, Any]:
        element = self.node if node is None else node
        return {**super().parse_extensions(node), **camunda_attributes(element)}

    def create_task(self) -> HumanTask:
        return HumanTask(self.spec, self.bpmn_id, **self.bpmn_attributes)


class _ScriptTaskParser(SpiffTaskParser):
    def create_task(self) -> FeelScriptTask:
        script = self.xpath("./bpmn:script")
        variable = result_variable_of(self.node)
        if len(script) != 1 or not variable or self.node.get("scriptFormat") != "feel":
            raise _refused(self, "脚本任务应为 scriptFormat=feel，且有 camunda:resultVariable")
        return FeelScriptTask(
            self.spec,
            self.bpmn_id,
            expression=script[0].text,
            result_variable=variable,
            **self.bpmn_attributes,
        )


class _DecisionTaskParser(SpiffTaskParser):
    @staticmethod
    def get_decision_ref(node: etree._Element) -> str | None:
        """Asked by SpiffWorkflow when it lists what a diagram depends on."""
        return decision_of(node)

    def create_task(self) -> DecisionTask:
        decision = decision_of(self.node)
        variable = result_variable_of(self.node)
        if decision is None or not variable:
            raise _refused(self, "决策任务应有 camunda:decisionRef 和 camunda:resultVariable")
        return DecisionTask(
            self.spec, self.bpmn_id, decision=decision, result_variable=variable, **self.bpmn_attributes
        )


class _FeelEvents:
    """Replaces the event definitions that SpiffWorkflow's parsers make by ours."""

    def parse_timer_event(self, event: Any) -> Any:
        stock = super().parse_timer_event(event)  # type: ignore[misc]
        return _TIMERS[type(stock)](stock.name, stock.expression, description=stock.description)

    def parse_message_event(self, message_event: Any) -> Any:
        stock = super().parse_message_event(message_event)  # type: ignore[misc]
        return MessageEvent(
            stock.name,
            stock.correlation_properties,
            stock.expression,
            stock.message_var,
            stock.process_correlations,
            description=stock.description,
        )

    def parse_error_event(self, error_event: Any) -> Any:
        stock = super().parse_error_event(error_event)  # type: ignore[misc]
        return ErrorEvent(stock.name, code=stock.code, expression=stock.expression, variable=stock.variable)


class _StartEventParser(_FeelEvents, SpiffStartEventParser):
    pass


class _EndEventParser(_FeelEvents, SpiffEndEventParser):
    pass


class _CatchEventParser(_FeelEvents, SpiffIntermediateCatchEventParser):
    pass


class _BoundaryEventParser(_FeelEvents, SpiffBoundaryEventParser):
    pass


class _ReceiveTaskParser(_FeelEvents, SpiffReceiveTaskParser):
    pass


class _IdsOfElementsOnly(SpiffProcessParser):
    """Stock takes a parameter or operator whose id is that of a node for the node itself."""

    def _index_process_nodes(self) -> None:
        super()._index_process_nodes()
        self.nodes_by_id = {node.get("id"): node for node in self.xpath(".//bpmn:*[@id]")}


class ProcessFileParser(SpiffBpmnParser):
    """Reads diagrams into specifications of our own elements."""

    PROCESS_PARSER_CLASS = _IdsOfElementsOnly

    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("userTask"): (_HumanTaskParser, HumanTask),
        full_tag("manualTask"): (_HumanTaskParser, HumanTask),
        full_tag("serviceTask"): (ServiceTaskParser, OperationTask),
        full_tag("scriptTask"): (_ScriptTaskParser, FeelScriptTask),
        full_tag("businessRuleTask"): (_DecisionTaskParser, DecisionTask),
        full_tag("startEvent"): (_StartEventParser, StartEvent),
        full_tag("endEvent"): (_EndEventParser, EndEvent),
        full_tag("intermediateCatchEvent"): (_CatchEventParser, IntermediateCatchEvent),
        full_tag("boundaryEvent"): (_BoundaryEventParser, BoundaryEvent),
        full_tag("receiveTask"): (_ReceiveTaskParser, ReceiveTask),
    }
