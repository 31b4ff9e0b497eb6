"""How long a check takes from the saved diagram to the complete list, scenarios and legal steps included.

    python -m benchmarks.gate_bench

Processor time, median of several rounds: `first` with nothing known of the diagram, `again` when the same content is
checked once more (on submitting, on publishing), `compile` what the engine alone needs; the aim is 1 s at first.
"""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from app.engine import compile_process, storage
from app.factory import OPERATION_MODULES
from app.feel import expression
from app.workflow.conformance import Surroundings, baseline_of, report, scenario_runs
from app.workflow.conformance.gate import surroundings_of

ROOT = Path(__file__).parents[1]
ROUNDS = 7
AIM_MS = 1_000


def forget() -> None:
    """Empties what the process keeps of earlier checks."""
    scenario_runs._run_all.cache_clear()
    scenario_runs._bounded.cache_clear()
    expression._expression.cache_clear()
    expression._tests.cache_clear()
    storage.specs._entries.clear()


def median_of(run: Callable[[], object], before: Callable[[], None] = lambda: None) -> float:
    """Milliseconds of processor time."""
    times = []
    for _ in range(ROUNDS):
        before()
        began = time.process_time()
        run()
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def measured(path: Path) -> tuple[float, float, float]:
    """First, again and compile of a shipped diagram."""
    around = surroundings_of(path, ROOT / "forms", ROOT / "processes" / "dmn")
    content, baseline = path.read_bytes(), baseline_of(path.stem)

    def check(given: Surroundings = around) -> object:
        return report(content, given, baseline=baseline)

    first = median_of(check, forget)
    return first, median_of(check), median_of(lambda: compile_process(content, around.tables, around.called))


def main() -> None:
    """Prints a line for each shipped diagram."""
    for module in OPERATION_MODULES:
        importlib.import_module(module)
    print(f"{'diagram':24}{'first':>9}{'again':>9}{'compile':>9}{'ratio':>8}")
    for path in sorted((ROOT / "processes" / "bpmn").glob("*.bpmn")):
        first, again, compiled = measured(path)
        word = "" if first <= AIM_MS else "  over the aim"
        print(f"{path.stem:24}{first:7.0f}ms{again:7.0f}ms{compiled:7.0f}ms{first / compiled:8.1f}{word}")


if __name__ == "__main__":
    main()
