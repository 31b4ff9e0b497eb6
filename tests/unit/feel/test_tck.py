"""The interpreter agrees with the DMN Technology Compatibility Kit, or refuses before it could answer wrongly.

`python -m tests.unit.feel.test_tck` writes docs/feel-tck.md, the counts by folder, anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.feel.tck import REFUSED, RIGHT, WRONG, TckCase, TckReport, run_directory

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "feel-tck.md"
KIT = ROOT.parent / "shared" / "dmn-tck" / "TestCases"
LEVELS = ("compliance-level-2", "compliance-level-3")
HEAD = """# The expression language and the DMN Technology Compatibility Kit

Every case of the kit is run by the product's own interpreter. *right*: the answer is the expected one. *refused*: the
model or an expression is refused with an error before it could give an answer. *wrong*: another answer. Written by a
test (tests/unit/feel/test_tck.py), which fails when a case is wrong, when fewer than 99 % of what is not refused are
right, and when this page and the kit's run differ.

"""

needs_kit = pytest.mark.skipif(
    not KIT.is_dir(), reason=f"THE DMN COMPATIBILITY KIT WAS NOT RUN: its cases are not at {KIT}"
)


@pytest.fixture(scope="module")
def reports() -> dict[str, TckReport]:
    """Level -> what came of its cases."""
    return run_kit()


def run_kit() -> dict[str, TckReport]:
    return {level: run_directory(KIT / level) for level in LEVELS}


def differing(report: TckReport) -> list[str]:
    return [f"{case.folder}/{case.id}: {case.note}" for case in report.cases if case.status == WRONG]


@needs_kit
def test_level_2_is_passed_whole(reports: dict[str, TckReport]) -> None:
    report = reports["compliance-level-2"]
    assert (report.right, report.refused, report.wrong) == (116, 0, 0), differing(report)


@needs_kit
def test_level_3_gives_no_wrong_answer_and_refuses_only_java(reports: dict[str, TckReport]) -> None:
    report = reports["compliance-level-3"]
    assert differing(report) == []
    assert report.right >= 0.99 * len(report.cases)
    assert report.right >= 0.99 * (len(report.cases) - report.refused)
    assert {case.folder for case in report.cases if case.status == REFUSED} == {"0076-feel-external-java"}


def page(reports: dict[str, TckReport]) -> str:
    """The page as it should be."""
    lines = [_heading("level"), *(_row(level, reports[level].cases) for level in LEVELS)]
    lines.append(_row("both", [case for report in reports.values() for case in report.cases]))
    for level, report in reports.items():
        lines += [f"\n## {level}\n\n", _heading("folder")]
        folders = sorted({case.folder for case in report.cases})
        lines += [_row(folder, [case for case in report.cases if case.folder == folder]) for folder in folders]
    return HEAD + "".join(lines)


def _heading(first: str) -> str:
    return f"| {first} | cases | right | refused | wrong |\n|---|---|---|---|---|\n"


def _row(name: str, cases: Sequence[TckCase]) -> str:
    counts = Counter(case.status for case in cases)
    return f"| {name} | {len(cases)} | {counts[RIGHT]} | {counts[REFUSED]} | {counts[WRONG]} |\n"


@needs_kit
def test_the_page_gives_these_counts_by_folder(reports: dict[str, TckReport]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(reports)


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


if __name__ == "__main__":
    PAGE.write_text(page(run_kit()), encoding="utf-8")
