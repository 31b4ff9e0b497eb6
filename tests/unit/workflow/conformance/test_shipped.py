"""The gate over every shipped diagram, and `flask process check`."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.web.cli.process import process_cli
from app.workflow.conformance import check_file, report_file

ROOT = Path(__file__).parents[4]
DIAGRAMS = sorted((ROOT / "processes" / "bpmn").glob("*.bpmn"))


@pytest.fixture(autouse=True, scope="module")
def _catalogue() -> None:
    factory = importlib.import_module("app.factory")
    for module in factory.OPERATION_MODULES:
        importlib.import_module(module)


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_a_shipped_diagram_has_no_findings_but_tasks_that_are_never_late(path: Path) -> None:
    found = check_file(path, ROOT / "forms", ROOT / "processes" / "dmn")
    assert {finding.code for finding in found} <= {"no_due"}


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_line_of_a_shipped_diagram_is_looked_at_and_all_its_flows_are_taken(path: Path) -> None:
    report = report_file(path, ROOT / "forms", ROOT / "processes" / "dmn")
    assert {line.status for line in report.lines} <= {"ok", "care"}
    assert [line.code for line in report.lines][-1] == "legal"
    assert report.coverage
    assert all(report.coverage.values())
    assert report.scenarios
    assert all(run.ok for run in report.scenarios)
    assert json.loads(json.dumps(report.as_json(), ensure_ascii=False)) == report.as_json()


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_the_command_accepts_a_shipped_diagram(path: Path) -> None:
    result = CliRunner().invoke(process_cli, ["check", str(path)])
    assert result.exit_code == 0, result.output
    *told, last = result.output.splitlines()
    assert last == f"{path.name} 可以采用"
    assert all(line.startswith("提示  第 ") and "没有办理时限" in line for line in told)


def test_the_command_prints_a_line_for_each_finding_and_exits_1(tmp_path: Path) -> None:
    text = (ROOT / "processes" / "bpmn" / "expert_entry.bpmn").read_text(encoding="utf-8")
    text = text.replace('id="entry.run_precheck"', 'id="entry.run_prechek"')
    text = text.replace('camunda:candidateGroups="center_clerk"', 'camunda:candidateGroups="clerk"', 1)
    file = tmp_path / "changed.bpmn"
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(process_cli, ["check", str(file)])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    number = next(at for at, line in enumerate(text.splitlines(), 1) if 'id="run_precheck"' in line)
    wanted = f"错误  第 {number} 行 run_precheck：没有操作“entry.run_prechek”。从操作目录中选一个。"
    assert wanted in lines
    assert any("没有岗位“clerk”" in line for line in lines)
    assert not any("可以采用" in line for line in lines)
    assert len(lines) == len(set(lines))


def test_the_command_lists_every_check_and_says_what_a_leader_must_answer_for(tmp_path: Path) -> None:
    text = (ROOT / "processes" / "bpmn" / "expert_entry.bpmn").read_text(encoding="utf-8")
    (tmp_path / "expert_entry.bpmn").write_text(
        text.replace('name="fourEyes"', 'name="eyes"'), encoding="utf-8"
    )
    result = CliRunner().invoke(process_cli, ["check", "--list", str(tmp_path / "expert_entry.bpmn")])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert "[通过] 走得通，不停住，不重复" in lines
    assert "[法定] 法定环节" in lines
    assert "[通过] 场景（没有场景）" in lines
    assert any(line.startswith("法定  第 ") and "四眼原则" in line for line in lines)
    assert lines[-1] == "expert_entry.bpmn 可以采用，但须局领导就 1 项写明理由"


def test_a_hostile_file_is_refused_in_a_line(tmp_path: Path) -> None:
    file = tmp_path / "bomb.bpmn"
    file.write_bytes(b'<!DOCTYPE b [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><b>&b;</b>')
    result = CliRunner().invoke(process_cli, ["check", str(file)])
    assert result.exit_code == 1
    assert result.output == "错误  bomb.bpmn：流程图带有 DOCTYPE 声明。删去 DOCTYPE 和其中的实体定义。\n"


def test_called_diagrams_beside_the_file_are_found(tmp_path: Path) -> None:
    from tests.unit.engine.diagrams import diagram, end, node, script, start

    inner = diagram("inner", [start(), script("s", "x", "1"), end()], ["begin > s", "s > done"])
    outer = diagram(
        "outer",
        [start(), node("callActivity", "call", 'calledElement="inner"'), end()],
        ["begin > call", "call > done"],
    )
    (tmp_path / "inner.bpmn").write_bytes(inner)
    (tmp_path / "outer.bpmn").write_bytes(outer)
    assert check_file(tmp_path / "outer.bpmn", tmp_path, tmp_path, shipped=False) == []
    (tmp_path / "inner.bpmn").unlink()
    assert [
        found.code for found in check_file(tmp_path / "outer.bpmn", tmp_path, tmp_path, shipped=False)
    ] == ["unknown_process"]
