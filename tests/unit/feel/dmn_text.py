"""Writing small decision models for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
Columns = Sequence[tuple[str, str]]
Rules = Sequence[tuple[Sequence[str], Sequence[str]]]


def text(content: str) -> str:
    return f"<text>{escape(content)}</text>"


def table(
    inputs: Columns,
    outputs: Columns,
    rules: Rules,
    policy: str = "UNIQUE",
    *,
    aggregation: str = "",
    allowed: Sequence[str] = (),
    ranked: Sequence[str] = (),
    default: str = "",
) -> str:
    """A decisionTable element. `allowed` are the input values, `ranked` the output values by column."""
    parts = [f"<decisionTable hitPolicy={quoteattr(policy)}"]
    parts.append(f" aggregation={quoteattr(aggregation)}>" if aggregation else ">")
    for place, (expression, type_name) in enumerate(inputs):
        values = (
            f"<inputValues>{text(allowed[place])}</inputValues>"
            if place < len(allowed) and allowed[place]
            else ""
        )
        reference = f" typeRef={quoteattr(type_name)}" if type_name else ""
        parts.append(
            f"<input><inputExpression{reference}>{text(expression)}</inputExpression>{values}</input>"
        )
    for place, (name, type_name) in enumerate(outputs):
        values = (
            f"<outputValues>{text(ranked[place])}</outputValues>"
            if place < len(ranked) and ranked[place]
            else ""
        )
        otherwise = f"<defaultOutputEntry>{text(default)}</defaultOutputEntry>" if default else ""
        reference = f" typeRef={quoteattr(type_name)}" if type_name else ""
        parts.append(f"<output name={quoteattr(name)}{reference}>{values}{otherwise}</output>")
    parts.append('<annotation name="条款"/>')
    for number, (cells, results) in enumerate(rules, 1):
        entries = "".join(f"<inputEntry>{text(cell)}</inputEntry>" for cell in cells)
        entries += "".join(f"<outputEntry>{text(result)}</outputEntry>" for result in results)
        note = f"<annotationEntry>{text(f'第{number}条')}</annotationEntry>"
        parts.append(
            f'<rule id="r{number}"><description>规则{number}的说明</description>{entries}{note}</rule>'
        )
    return "".join(parts) + "</decisionTable>"


def decision(
    logic: str, *, key: str = "level", name: str = "级别表", type_name: str = "", needs: Sequence[str] = ()
) -> str:
    """A decision element; `needs` are the ids of what it requires."""
    reference = f" typeRef={quoteattr(type_name)}" if type_name else ""
    links = "".join(
        f'<informationRequirement><requiredInput href="#{one}"/></informationRequirement>'
        if one.startswith("in_")
        else f'<informationRequirement><requiredDecision href="#{one}"/></informationRequirement>'
        for one in needs
    )
    return f'<decision id="{key}" name="{name}"><variable name="{name}"{reference}/>{links}{logic}</decision>'


def input_data(key: str, name: str, type_name: str) -> str:
    return f'<inputData id="{key}" name="{name}"><variable name="{name}" typeRef="{type_name}"/></inputData>'


def model(*elements: str) -> bytes:
    content = "".join(elements)
    return (
        f'<definitions xmlns="{NAMESPACE}" id="m" name="m" namespace="urn:m">{content}</definitions>'.encode()
    )
