"""`flask process check` and `flask dmn tck` in the shell: no database is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

import config
from app.factory import create_app

ROOT = Path(__file__).parents[3]

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
<decision id="sum" name="sum"><variable id="v" name="sum"/><literalExpression id="l"><text>1 + 1</text>
</literalExpression></decision></definitions>"""
CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>sum.dmn</modelName><testCase id="001"><resultNode name="sum" type="decision"><expected>
<value xsi:type="xsd:decimal">{0}</value></expected></resultNode></testCase></testCases>"""


@pytest.fixture(scope="module")
def without_database() -> Flask:
    """An application whose database does not exist and cannot be reached."""
    return create_app(
        config.Testing, SQLALCHEMY_DATABASE_URI="postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    )


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=list(arguments))


def test_a_shipped_diagram_is_accepted(without_database: Flask) -> None:
    result = run(without_database, "process", "check", str(ROOT / "processes" / "bpmn" / "expert_entry.bpmn"))
    assert (result.exit_code, result.output) == (0, "expert_entry.bpmn 可以采用\n")


def test_a_wrong_diagram_is_refused_line_by_line(without_database: Flask, tmp_path: Path) -> None:
    text = (ROOT / "processes" / "bpmn" / "expert_entry.bpmn").read_text(encoding="utf-8")
    file = tmp_path / "changed.bpmn"
    file.write_text(text.replace("entry.mark_lapsed", "entry.mark_lapst"), encoding="utf-8")
    result = run(without_database, "process", "check", str(file))
    assert result.exit_code == 1
    number = next(at for at, line in enumerate(text.splitlines(), 1) if 'id="mark_lapsed"' in line)
    told = f"错误  第 {number} 行 mark_lapsed：没有操作“entry.mark_lapst”。从操作目录中选一个。\n"
    assert result.output == told


@pytest.mark.parametrize(
    ("expected", "line", "code"), [("2", "right 1  refused 0  wrong 0", 0), ("3", "wrong 1", 1)]
)
def test_the_cases_of_a_folder_are_counted(
    without_database: Flask, tmp_path: Path, expected: str, line: str, code: int
) -> None:
    (tmp_path / "sum.dmn").write_text(MODEL, encoding="utf-8")
    (tmp_path / "sum-test-01.xml").write_text(CASES.format(expected), encoding="utf-8")
    result = run(without_database, "dmn", "tck", str(tmp_path), "--list")
    assert result.exit_code == code, result.output
    assert line in result.output.splitlines()[-1]
    assert len(result.output.splitlines()) == 1 + code
