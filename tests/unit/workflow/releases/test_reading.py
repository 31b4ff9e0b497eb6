"""What strangers send as diagrams, tables and forms: read if it can be shown again, refused in words if not."""

from __future__ import annotations

import pytest

from app.workflow.parts import Parts
from app.workflow.releases import blank, reading
from app.workflow.releases.reading import Unreadable

BPMN = blank.diagram("leave", "请假")
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>'
    "<definitions>&lol2;</definitions>"
)
OUTSIDE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions>&x;</definitions>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "不是完整的 XML"),
        ("这不是图", "不是完整的 XML"),
        ("<html><body/></html>", "不是 BPMN 流程图（最外层是 html）"),
        ('<definitions xmlns="urn:other"/>', "不是 BPMN 流程图"),
        (b"\x89PNG\r\n\x1a\n", "不是完整的 XML"),
        ("<a>" * 300, "不是完整的 XML"),
        (BOMB, "DOCTYPE"),
        (OUTSIDE, "DOCTYPE"),
        (BPMN.replace("</bpmn:definitions>", "<!--" + "x" * 3_000_000 + "--></bpmn:definitions>"), "上限为 2000 KB"),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>\xff\xfe</a>', "不是完整的 XML"),
    ],
)
def test_what_is_no_diagram_is_refused_with_the_reason(content: str | bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        reading.diagram(content)
    assert said in refusal.value.message


def test_a_diagram_in_another_encoding_is_kept_as_utf_8() -> None:
    foreign = BPMN.replace('encoding="UTF-8"', 'encoding="GB18030"').encode("gb18030")
    assert reading.diagram(foreign) == BPMN
    assert reading.diagram(BPMN.encode()) == reading.diagram(BPMN) == BPMN


@pytest.mark.parametrize("key", ["../etc/passwd", "form", "a/b/c", "a/B", "/a", "a/", "a/..", "a/b.form", "a\\b", ""])
def test_a_form_lives_in_the_forms_folder_and_nowhere_else(key: str) -> None:
    with pytest.raises(Unreadable, match="表单标识"):
        reading.form(key, '{"components": []}')


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"components": {}}', "null", "[" * 100_000, '{"components": [}'])
def test_a_form_is_a_json_object_with_components(text: str) -> None:
    with pytest.raises(Unreadable, match=r"JSON|组件清单"):
        reading.form("leave/ask", text)


@pytest.mark.parametrize("name", ["a.xml", "../a.dmn", "a/b.dmn", ".dmn", "A.dmn", "a.dmn\n"])
def test_a_table_has_a_file_name_of_a_table(name: str) -> None:
    with pytest.raises(Unreadable, match="文件名"):
        reading.table(name, "<definitions/>")


@pytest.mark.parametrize("key", ["", "a", "Entry", "1st", "a-b", "入库", "a" * 61, "a b", "a\n"])
def test_the_id_of_a_process_is_plain(key: str) -> None:
    with pytest.raises(Unreadable, match="流程标识"):
        reading.process_key(key)


def test_scenarios_hold_no_signs_that_cannot_be_shown() -> None:
    assert reading.scenarios("  \n") is None
    with pytest.raises(Unreadable):
        reading.scenarios("a: \x00")


def test_a_copy_is_the_same_process_under_another_id() -> None:
    made = blank.copy_of(Parts(BPMN, {"t.dmn": "x"}, {"leave/ask": "{}"}), "leave", "travel", "出差")
    for text in ('id="travel"', 'name="出差"', 'bpmnElement="travel"'):
        assert text in made.xml
    assert 'id="leave"' not in made.xml
    assert (made.tables, made.forms) == ({"t.dmn": "x"}, {"travel/ask": "{}"})
    with pytest.raises(Unreadable):
        blank.copy_of(Parts(BPMN), "other", "travel", "出差")


def test_a_name_is_escaped_where_it_becomes_xml() -> None:
    assert 'name="a &quot;b&quot; &lt;c&gt;"' in blank.diagram("leave", 'a "b" <c>')
