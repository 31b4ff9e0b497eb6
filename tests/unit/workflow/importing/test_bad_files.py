"""What is no BPMN is refused with what it is; what is BPMN in another dress is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.workflow.importing import ImportPlan, Offers, Wishes, plan
from app.workflow.importing.foreign import MAX_NODES
from app.workflow.releases.reading import Unreadable, diagram

FOREIGN = Path(__file__).parents[3] / "data" / "foreign"
_SPACE = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
_BOMB = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
_FILE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def planned(content: bytes, **choices: str) -> ImportPlan:
    """The plan of a file under the product's own wishes."""
    return plan(content, Wishes(choices=choices), Offers())


def sample(name: str) -> bytes:
    """A file in the manner of another product."""
    return (FOREIGN / name).read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"  \n ", "文件是空的"),
        (b"no xml at all", "不是完整的 XML"),
        (b"PK\x03\x04 and so on", "zip 压缩包"),
        (b"<html><body/></html>", "最外层是 html"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "DMN 决策表"),
        (b'<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"/>', "CMMN"),
        (b'<definitions xmlns="http://other.example"/>', "不是 BPMN 2.0"),
        (f"<definitions {_SPACE}/>".encode(), "没有画着环节的流程"),
        (f'<definitions {_SPACE}><process id="p"/></definitions>'.encode(), "没有画着环节的流程"),
        (f"{_BOMB}<definitions {_SPACE}>&b;</definitions>".encode(), "DOCTYPE"),
        (f"{_FILE}<definitions {_SPACE}>&x;</definitions>".encode(), "DOCTYPE"),
        (f"{_FILE}<definitions {_SPACE}>&x;</definitions>".encode("utf-16"), "DOCTYPE"),
        (b"<a>" + b"x" * 3_000_000 + b"</a>", "上限为 2000 KB"),
        ("<a>流程</a>".encode("gbk"), "文字编码"),
        ('<?xml version="1.0" encoding="UTF-8"?><a>流程</a>'.encode("gbk"), "文字编码"),
        (f'<definitions {_SPACE}><process id="p">{"<task/>" * (MAX_NODES + 1)}</process></definitions>'.encode(),
         "上限为"),
    ],
)  # fmt: skip
def test_what_is_no_diagram_is_refused_at_the_file(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        planned(content)
    assert said in refused.value.message
    assert refused.value.field == "file"


@pytest.mark.parametrize("encoding", ["utf-16", "GBK", "GB18030", "utf-8-sig"])
def test_every_declared_encoding_is_read(encoding: str) -> None:
    text = sample("camunda7_expense.bpmn").decode()
    told = {"utf-8-sig": "UTF-8"}.get(encoding, encoding)
    found = planned(text.replace('encoding="UTF-8"', f'encoding="{told}"').encode(encoding))
    assert found.name == "差旅报销"
    assert diagram(found.parts.xml) == found.parts.xml


@pytest.mark.parametrize("path", sorted(FOREIGN.glob("*.bpmn")), ids=lambda path: path.stem)
def test_the_prefix_of_a_file_does_not_matter(path: Path) -> None:
    text = path.read_text()
    before = re.search(r'xmlns(?::(\w+))?="http://www.omg.org/spec/BPMN/20100524/MODEL"', text)
    assert before is not None
    if before.group(1) is None:
        return
    other = re.sub(rf'(</?|xmlns:|"){before.group(1)}(?=[:=])', r"\g<1>model", text)
    assert planned(other.encode()).parts == planned(text.encode()).parts


def test_ids_are_valid_unique_and_not_the_engines() -> None:
    given = (("Start", ""), ("a", ""), ("a", ""), ("1 x", "Pay out"), ("b.EndJoin", ""), ("", ""), ("p", ""))
    steps = "".join(f'<task id="{task_id}" name="{name}"/>' for task_id, name in given)
    found = planned(f'<definitions {_SPACE}><process id="p">{steps}</process></definitions>'.encode())
    ids = re.findall(r'<bpmn:userTask id="([^"]*)"', found.parts.xml)
    assert ids[0] == "task"
    assert ids[1:4] == ["a", "a_2", "pay_out"]
    assert len(set(ids)) == 7
    assert not {"", "Start", "b.EndJoin", found.key} & set(ids)


def test_a_nested_bomb_of_sub_processes_is_refused_or_read() -> None:
    deep = "<subProcess>" * 120 + "</subProcess>" * 120
    found = planned(f'<definitions {_SPACE}><process id="p">{deep}</process></definitions>'.encode())
    assert found.parts.xml.count("<bpmn:subProcess ") == 120
    deeper = "<subProcess>" * 399 + "</subProcess>" * 399
    with pytest.raises(Unreadable):
        planned(f'<definitions {_SPACE}><process id="p">{deeper}</process></definitions>'.encode())
