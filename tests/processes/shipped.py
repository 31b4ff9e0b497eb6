"""The shipped diagrams, compiled with their tables, and their scenarios."""

from __future__ import annotations

import functools
import importlib
from pathlib import Path

from app.engine import CompiledProcess, compile_process
from app.factory import OPERATION_MODULES
from app.workflow.scenarios import Scenario, read_scenarios

ROOT = Path(__file__).parents[2]
PROCESSES = tuple(sorted(path.stem for path in (ROOT / "processes" / "bpmn").glob("*.bpmn")))


@functools.cache
def compiled(process: str) -> CompiledProcess:
    """The diagram as the engine runs it, with every shipped decision table and the catalogue filled."""
    for module in OPERATION_MODULES:
        importlib.import_module(module)
    tables = {path.stem: path.read_bytes() for path in (ROOT / "processes" / "dmn").glob("*.dmn")}
    return compile_process((ROOT / "processes" / "bpmn" / f"{process}.bpmn").read_bytes(), tables)


@functools.cache
def scenarios(process: str) -> tuple[Scenario, ...]:
    """The named paths of a process."""
    return read_scenarios(ROOT / "processes" / "scenarios" / f"{process}.yaml")


CASES = [(process, scenario) for process in PROCESSES for scenario in scenarios(process)]
IDS = [f"{process}: {scenario.name}" for process, scenario in CASES]
