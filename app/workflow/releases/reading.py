"""What somebody sends as a diagram, table, form or scenarios: bounded, readable, and named as the product names them.

Whether it makes sense is for the gate; what is refused here could not even be shown again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.core import plain_json
from app.core.errors import UserError
from app.engine import DefinitionRefused
from app.engine.xml import BPMN, MAX_BYTES, local_name, safe_root
from app.workflow.parts import Parts

MAX_SCENARIOS = 400_000
MAX_FORM = 400_000
#: Of each kind a process has at most so many.
MAX_PARTS = 100
MAX_NAME = 80
MAX_NOTE = 2000

_KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")
_FORM_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}/[a-z0-9][a-z0-9_-]{0,59}")
_TABLE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}\.dmn")
_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>\s*")


class Unreadable(UserError):
    """Something sent that is no diagram, table, form or scenarios at all; nothing of it was kept."""


def process_key(key: str) -> str:
    """The id of a process. :raises Unreadable:"""
    if not _KEY.fullmatch(key):
        raise Unreadable("流程标识以小写字母开头，由小写字母、数字和下划线组成，2 到 60 个字符", "key")
    return key


def process_name(name: str) -> str:
    """What a process is called. :raises Unreadable:"""
    found = " ".join(name.split())
    if not found or len(found) > MAX_NAME:
        raise Unreadable(f"流程名称要填写，不超过 {MAX_NAME} 个字", "name")
    return found


def release_note(note: str) -> str | None:
    """What changed, in words; None if nothing was written. :raises Unreadable:"""
    found = note.strip()
    if len(found) > MAX_NOTE:
        raise Unreadable(f"版本说明有 {len(found)} 个字，请缩短到 {MAX_NOTE} 个字以内", "note")
    return found or None


def diagram(content: bytes | str) -> str:
    """A BPMN document as text. :raises Unreadable: too large, no XML, with a DOCTYPE, or something else than BPMN."""
    text = _xml(content, "流程图")
    root = safe_root(text.encode(), "流程图")
    if local_name(root) != "definitions" or "BPMN" not in str(root.tag):
        raise Unreadable(f"这个文件不是 BPMN 流程图（最外层是 {local_name(root)}）")
    return text


def name_in(text: str) -> str:
    """What a readable diagram calls its process; empty where it calls it nothing or more than a name may be."""
    names = (process.get("name", "") for process in safe_root(text.encode()).iter(f"{{{BPMN}}}process"))
    found = " ".join(next(names, "").split())
    return found if len(found) <= MAX_NAME else ""


def table(name: str, content: bytes | str) -> str:
    """A DMN document as text. :raises Unreadable: as for diagrams, or the name is none of a table."""
    if not _TABLE_NAME.fullmatch(name):
        raise Unreadable(f"决策表的文件名“{name[:80]}”不能用：用小写字母、数字、下划线和连字符，以 .dmn 结尾")
    text = _xml(content, "决策表")
    root = safe_root(text.encode(), "决策表")
    if local_name(root) != "definitions" or "DMN" not in str(root.tag):
        raise Unreadable(f"“{name}”不是 DMN 决策表（最外层是 {local_name(root)}）")
    return text


def form(key: str, text: str) -> str:
    """A form-js schema as text. :raises Unreadable: no JSON object, too large, or a key outside the forms folder."""
    if not _FORM_KEY.fullmatch(key):
        raise Unreadable(f"表单标识“{key[:80]}”不能用：写成“目录/名称”，用小写字母、数字、下划线和连字符")
    if not plain_json.is_plain_text(text):
        raise Unreadable(f"表单“{key}”里有不能保存的字符")
    if len(text.encode()) > MAX_FORM:
        raise Unreadable(f"表单“{key}”超过 {MAX_FORM // 1000} KB")
    try:
        schema = plain_json.read(text)
    except plain_json.NotPlain as error:
        raise Unreadable(f"表单“{key}”不是完整的 JSON") from error
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        raise Unreadable(f"表单“{key}”没有组件清单（components）")
    return text


def scenarios(text: str) -> str | None:
    """The scenarios as YAML text; what they say is checked by the gate. :raises Unreadable:"""
    if not plain_json.is_plain_text(text):
        raise Unreadable("场景里有不能保存的字符")
    if len(text.encode()) > MAX_SCENARIOS:
        raise Unreadable(f"场景超过 {MAX_SCENARIOS // 1000} KB")
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in text):
        raise Unreadable("场景里有不能显示的字符")
    return text if text.strip() else None


def parts(found: Parts) -> Parts:
    """All parts, each read as above. :raises Unreadable:"""
    _few(found.tables, "决策表")
    _few(found.forms, "表单")
    return Parts(
        xml=diagram(found.xml),
        tables={name: table(name, text) for name, text in sorted(found.tables.items())},
        forms={key: form(key, text) for key, text in sorted(found.forms.items())},
        scenarios=None if found.scenarios is None else scenarios(found.scenarios),
    )


def _few(found: Mapping[str, str], what: str) -> None:
    if len(found) > MAX_PARTS:
        raise Unreadable(f"{what}有 {len(found)} 个，一个流程最多 {MAX_PARTS} 个")


def _xml(content: bytes | str, what: str) -> str:
    """The text of an XML document in whatever encoding it says; a text is UTF-8 whatever its first line says."""
    if isinstance(content, str) and not plain_json.is_plain_text(content):
        raise Unreadable(f"{what}里有不能保存的字符")
    raw = content.encode() if isinstance(content, str) else content
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"{what}有 {len(raw) // 1000} KB，上限为 {MAX_BYTES // 1000} KB：删去不用的内容，或拆成几个")
    if isinstance(content, str):
        raw = _as_utf8(content).encode()
    try:
        encoding = safe_root(raw, what).getroottree().docinfo.encoding or "UTF-8"
        return _as_utf8(raw.decode(encoding))
    except DefinitionRefused as refusal:
        found = refusal.findings[0]
        raise Unreadable(f"{found.message}：{found.mend}") from refusal
    except (LookupError, UnicodeDecodeError) as error:
        raise Unreadable(f"{what}的文字编码读不出来：另存为 UTF-8") from error


def _as_utf8(text: str) -> str:
    """The text with a first line that says UTF-8, since that is how it is kept."""
    body = _DECLARATION.sub("", text)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}' if body != text else text
