"""How fast expressions and decision tables compile and run.

    python -m benchmarks.feel_bench

Prints the median of several rounds beside the aim of the design: at most twice what the prototype took.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

from app.feel import compile_expression, expression
from app.feel.compiler import compile_node
from app.feel.environment import start
from app.feel.limits import Evaluation
from app.feel.tables import DecisionModel

ROUNDS = 15
CONDITION = 'amount > 5000 and kind = "A"'
PLAIN = {"amount": 6000, "kind": "A"}
RULES, INPUTS = 20, 4


@dataclass(frozen=True)
class Line:
    """One measurement in microseconds; `aim` is None where the design names none."""

    what: str
    median: float
    aim: float | None


def median_of(run: Callable[[], object], calls: int) -> float:
    """The median over the rounds of the microseconds of processor time that one call takes."""
    run()
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(calls):
            run()
        rounds.append((time.process_time() - began) / calls * 1e6)
    return statistics.median(rounds)


def table_xml() -> bytes:
    """A table of 20 rules and 4 inputs: texts, ranges, lists and comparisons; the last rule fires."""
    columns = ("kind", "amount", "years", "level")
    types = ("string", "number", "number", "string")
    head = "".join(
        f'<input><inputExpression typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for name, kind in zip(columns, types, strict=True)
    )
    rules = []
    for number in range(RULES):
        cells = (f'"A","B{number}"', f"[{number * 100}..{number * 100 + 99}]", f">= {number}", 'not("X")')
        entries = "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in cells)
        rules.append(f'<rule>{entries}<outputEntry><text>"r{number}"</text></outputEntry></rule>')
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="bench" namespace="urn:bench">'
        f'<decision id="d" name="d"><decisionTable hitPolicy="UNIQUE">{head}<output name="r" typeRef="string"/>'
        f"{''.join(rules)}</decisionTable></decision></definitions>"
    ).encode()


def expression_lines() -> list[Line]:
    """The condition: only its closure on ready values, the whole call on plain data, and from the text."""
    compiled = compile_expression(CONDITION)
    evaluate = compile_node(compiled.node)
    env = start(Evaluation())
    env.update({"amount": Decimal(6000), "kind": "A"})
    compile_cold = expression._expression.__wrapped__
    nothing: frozenset[str] = frozenset()
    return [
        Line("condition, compiled", median_of(lambda: evaluate(env), 20_000), 1.4),
        Line("condition, compiled, from plain data", median_of(lambda: compiled(PLAIN), 10_000), None),
        Line("condition, found in the cache", median_of(lambda: compile_expression(CONDITION), 20_000), None),
        Line("condition, cold", median_of(lambda: compile_cold(CONDITION, nothing, nothing), 500), 76),
    ]


def table_lines() -> list[Line]:
    """The table: a decision on plain data, and from the XML."""
    xml = table_xml()
    model = DecisionModel.parse(xml)
    data = {"kind": "A", "amount": 1950, "years": 30, "level": "正高"}
    if model.decide("d", data).value != f"r{RULES - 1}":
        raise AssertionError("the table of the benchmark gives a wrong answer")
    return [
        Line(
            f"table of {RULES} x {INPUTS}, one decision", median_of(lambda: model.decide("d", data), 300), 140
        ),
        Line(
            f"table of {RULES} x {INPUTS}, compiling", median_of(lambda: DecisionModel.parse(xml), 5), 8_000
        ),
    ]


def shown(microseconds: float) -> str:
    """A duration in the unit that reads best."""
    return f"{microseconds / 1000:.2f} ms" if microseconds >= 100 else f"{microseconds:.2f} µs"


def main() -> None:
    """Measure and print."""
    print(f"{'FEEL':<40}{'median':>12}{'aim':>12}{'of aim':>9}")
    for line in (*expression_lines(), *table_lines()):
        aim = "" if line.aim is None else shown(line.aim)
        share = "" if line.aim is None else f"{line.median / line.aim:.0%}"
        print(f"{line.what:<40}{shown(line.median):>12}{aim:>12}{share:>9}")


if __name__ == "__main__":
    main()
