"""The interpreter agrees with the DMN Technology Compatibility Kit, or refuses before it could answer wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.feel.tck import TckReport, run_directory

KIT = Path(__file__).parents[4] / "shared" / "dmn-tck" / "TestCases"

needs_kit = pytest.mark.skipif(
    not KIT.is_dir(), reason=f"THE DMN COMPATIBILITY KIT WAS NOT RUN: its cases are not at {KIT}"
)


def differing(report: TckReport) -> list[str]:
    return [f"{case.folder}/{case.id}: {case.note}" for case in report.cases if case.status == "wrong"]


@needs_kit
def test_level_2_is_passed_whole() -> None:
    report = run_directory(KIT / "compliance-level-2")
    assert (report.right, report.refused, report.wrong) == (116, 0, 0)


@needs_kit
def test_level_3_gives_no_wrong_answer_and_refuses_only_java() -> None:
    report = run_directory(KIT / "compliance-level-3")
    assert differing(report) == []
    assert report.right >= 0.99 * len(report.cases)
    assert {case.folder for case in report.cases if case.status == "refused"} == {"0076-feel-external-java"}


MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="urn:m">
<decision id="d1" name="sum"><variable name="sum"/><literalExpression><text>1 + 2</text></literalExpression></decision>
<decision id="d2" name="java"><literalExpression><text>function() external {java: {}}</text></literalExpression>
</decision></definitions>"""
CASES = """<testCases xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>m.dmn</modelName>{}</testCases>"""
CASE = '<testCase id="{id}"><resultNode name="{node}"><expected>{value}</expected></resultNode></testCase>'
NUMBER = '<value xsi:type="xsd:decimal">{}</value>'


def test_the_report_tells_right_refused_and_wrong_apart(tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_text(MODEL)
    cases = [
        CASE.format(id="a", node="sum", value=NUMBER.format(3)),
        CASE.format(id="b", node="java", value=NUMBER.format(3)),
        CASE.format(id="c", node="sum", value=NUMBER.format(4)),
    ]
    (tmp_path / "m-test-01.xml").write_text(CASES.format("".join(cases)))
    report = run_directory(tmp_path)
    assert [(case.id, case.status) for case in report.cases] == [
        ("a", "right"),
        ("b", "refused"),
        ("c", "wrong"),
    ]
    assert (report.right, report.refused, report.wrong) == (1, 1, 1)
    assert report.cases[2].note == "[sum] got 3, expected 4"
    assert "external" in report.cases[1].note


def test_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_directory(tmp_path / "nowhere")
