"""Forms, decision tables and scenarios side by side: field by field, rule by rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml
from lxml import etree

from app.engine import DefinitionRefused
from app.engine.xml import local_name, safe_root
from app.workflow.comparison.values import Change, PartChange, Sign, Thing, compared

_FIELD_KINDS: Mapping[str, str] = {
    "textfield": "单行文本", "textarea": "多行文本", "number": "数字", "checkbox": "勾选", "checklist": "多选",
    "radio": "单选", "select": "下拉选择", "datetime": "日期时间", "group": "分组", "dynamiclist": "重复组",
    "button": "按钮", "text": "说明文字", "html": "说明文字", "filepicker": "附件", "table": "表格",
    "expression": "算式",
    "separator": "分隔线", "spacer": "空白", "taglist": "标签", "documentPreview": "文件预览", "image": "图片",
}  # fmt: skip
_FIELD_WORDS: Mapping[str, str] = {
    "label": "标题", "type": "类型", "key": "字段名", "description": "说明", "values": "选项", "defaultValue": "默认值",
    "text": "文字", "action": "动作", "required": "必填", "minLength": "最少字数", "maxLength": "最多字数",
    "min": "最小值", "max": "最大值", "pattern": "格式", "patternErrorMessage": "格式不符时的提示", "hide": "隐藏条件",
    "expression": "算式", "readonly": "只读", "disabled": "停用", "decimalDigits": "小数位数", "subtype": "种类",
    "valuesKey": "选项来自", "valuesExpression": "选项来自", "path": "路径", "defaultRepetitions": "初始份数",
    "allowAddRemove": "可增减", "article": "依据条款", "display": "显示方式", "multiple": "可多个",
    "accept": "文件类型",
    "title": "标题", "next": "下一步说明", "suffix": "后缀", "prefix": "前缀", "increment": "步长",
}  # fmt: skip
#: Of a component: where it stands, or what only the editor reads.
_UNTOLD = frozenset({"id", "layout", "components", "schemaVersion", "exporter", "executionPlatform", "versionTag"})


def compare_forms(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[PartChange, ...]:
    """The forms that differ, component by component."""
    return tuple(_compare(before, after, "表单", _form_title, _form_things))


def compare_tables(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[PartChange, ...]:
    """The decision tables that differ, column by column and rule by rule."""
    return tuple(_compare(before, after, "决策表", _table_title, _table_things))


def compare_scenarios(before: str | None, after: str | None) -> tuple[Change, ...]:
    """The scenarios that differ, by name."""
    return tuple(compared(_scenarios(before), _scenarios(after)))


def _compare(
    before: Mapping[str, str],
    after: Mapping[str, str],
    kind: str,
    title: Callable[[str], str],
    things: Callable[[str], Mapping[str, Thing]],
) -> Iterator[PartChange]:
    for key in dict.fromkeys([*after, *before]):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        name = title(new if new is not None else old or "") or key
        if old is None or new is None:
            sign = Sign.ADDED if old is None else Sign.REMOVED
            yield PartChange(key, kind, name, sign)
        else:
            yield PartChange(key, kind, name, Sign.CHANGED, tuple(compared(things(old), things(new), ordered=True)))


# --- forms --------------------------------------------------------------------------------------------------------


def _schema(text: str) -> dict[str, Any]:
    try:
        schema = json.loads(text)
    except ValueError:
        return {}
    return schema if isinstance(schema, dict) else {}


def _form_title(text: str) -> str:
    properties = _schema(text).get("properties")
    return str(properties.get("title", "")) if isinstance(properties, dict) else ""


def _form_things(text: str) -> dict[str, Thing]:
    schema = _schema(text)
    found = {"": Thing("", "表单", "整张表单", dict(_form_aspects(schema)))}
    for position, (where, given) in enumerate(_components(schema, "")):
        # a component is known by its key, for that is where its answer goes; text and buttons have only an id
        known = str(given.get("key") or given.get("path") or given.get("id") or position)
        identity = f"{where}{known}"
        kind = _FIELD_KINDS.get(str(given.get("type")), "组件")
        title = str(given.get("label") or given.get("text") or known)
        found[identity] = Thing(identity, kind, title[:60], dict(_field_aspects(given)))
    return found


def _components(given: Mapping[str, Any], where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    entries = given.get("components")
    for component in entries if isinstance(entries, list) else ():
        if isinstance(component, dict):
            yield where, component
            yield from _components(component, f"{where}{component.get('path') or component.get('id', '')}/")


def _form_aspects(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in schema.items():
        if name == "properties" and isinstance(value, dict):
            for key, text in value.items():
                yield _FIELD_WORDS.get(key, f"属性 {key}"), _told(text)
        elif name not in _UNTOLD and name != "type":
            yield _FIELD_WORDS.get(name, f"属性 {name}"), _told(value)


def _field_aspects(component: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in component.items():
        if name in _UNTOLD:
            continue
        if name in ("validate", "conditional", "properties") and isinstance(value, dict):
            for key, inner in value.items():
                yield _FIELD_WORDS.get(key, _inner_words(key)), _told(inner)
        elif name == "type":
            yield "类型", _FIELD_KINDS.get(str(value), str(value))
        else:
            yield _FIELD_WORDS.get(name, f"属性 {name}"), _told(value)


def _inner_words(key: str) -> str:
    head, _, option = key.partition(":")
    words = {"hint": "选项说明", "article": "选项依据"}
    return f"{words[head]} {option}" if option and head in words else f"属性 {key}"


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list) and all(isinstance(entry, dict) and "label" in entry for entry in value):
        return "、".join(f"{entry['label']}（{entry.get('value', '')}）" for entry in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


# --- decision tables ----------------------------------------------------------------------------------------------


def _root(text: str) -> etree._Element | None:
    try:
        return safe_root(text.encode(), "决策表")
    except DefinitionRefused:
        return None


def _table_title(text: str) -> str:
    root = _root(text)
    return (root.get("name") or "") if root is not None else ""


def _table_things(text: str) -> dict[str, Thing]:
    root = _root(text)
    if root is None:
        return {"": Thing("", "决策表", "整张表", {"内容": text})}
    found: dict[str, Thing] = {}
    for node in root:
        if local_name(node) in ("decision", "inputData", "businessKnowledgeModel"):
            node_id = node.get("id", "")
            found[node_id] = Thing(node_id, _DMN_KINDS[local_name(node)], node.get("name", ""), _node_aspects(node))
            for table in node:
                if local_name(table) == "decisionTable":
                    found.update(_columns_and_rules(table))
    return found


_DMN_KINDS = {"decision": "决策", "inputData": "输入数据", "businessKnowledgeModel": "函数"}


def _node_aspects(node: etree._Element) -> dict[str, str]:
    aspects = {"名称": node.get("name", "")}
    for child in node:
        kind = local_name(child)
        if kind == "decisionTable":
            aspects["命中方式"] = " ".join(filter(None, (child.get("hitPolicy", "UNIQUE"), child.get("aggregation"))))
        elif kind == "description":
            aspects["说明"] = _words_of(child)
        elif kind == "variable":
            aspects["结果类型"] = child.get("typeRef", "")
        elif kind == "informationRequirement":
            required = [entry.get("href", "") for entry in child]
            aspects["依据的数据"] = "、".join(filter(None, [aspects.get("依据的数据", ""), *required]))
        elif kind:
            aspects[{"literalExpression": "表达式", "context": "上下文"}.get(kind, kind)] = _words_of(child)
    return aspects


_COLUMN_KINDS = {"input": "条件列", "output": "结果列"}


def _columns_and_rules(table: etree._Element) -> dict[str, Thing]:
    columns = [node for node in table if local_name(node) in _COLUMN_KINDS]
    labels = [_label(node) for node in columns]
    found = {
        node.get("id", ""): Thing(node.get("id", ""), _COLUMN_KINDS[local_name(node)], label, _column_aspects(node))
        for node, label in zip(columns, labels, strict=True)
    }
    rules = [node for node in table if local_name(node) == "rule"]
    ids = [rule.get("id") or f"rule {number}" for number, rule in enumerate(rules, 1)]
    for number, (rule, rule_id) in enumerate(zip(rules, ids, strict=True), 1):
        cells = [node for node in rule if local_name(node) in ("inputEntry", "outputEntry")]
        aspects = {label: _words_of(cell) or "-" for label, cell in zip(labels, cells, strict=False)}
        notes = [_words_of(node) for node in rule if local_name(node) in ("description", "annotationEntry")]
        if any(notes):
            aspects["说明"] = "；".join(filter(None, notes))
        found[f"rule:{rule_id}"] = Thing(rule_id, "规则", f"第 {number} 行", aspects)
    return found


def _label(node: etree._Element) -> str:
    return str(node.get("label") or node.get("name") or _words_of(node) or node.get("id", ""))


def _column_aspects(node: etree._Element) -> dict[str, str]:
    aspects = {"列名": _label(node)}
    for child in node:
        kind = local_name(child)
        if kind == "inputExpression":
            aspects["取值"] = _words_of(child)
            aspects["类型"] = child.get("typeRef", "")
        elif kind in ("inputValues", "outputValues"):
            aspects["可取的值"] = _words_of(child)
        elif kind == "defaultOutputEntry":
            aspects["缺省值"] = _words_of(child)
    if node.get("typeRef"):
        aspects["类型"] = node.get("typeRef", "")
    return aspects


def _words_of(node: etree._Element) -> str:
    return " ".join("".join(str(part) for part in node.itertext()).split())


# --- scenarios ----------------------------------------------------------------------------------------------------


def _scenarios(text: str | None) -> dict[str, Thing]:
    try:
        content = yaml.safe_load(text or "")
    except yaml.YAMLError:
        return {"": Thing("", "场景", "场景文件", {"内容": text or ""})}
    if not isinstance(content, dict):
        return {}
    found = {}
    common = {key: value for key, value in content.items() if key != "scenarios"}
    if common:
        given = {_COMMON.get(key, key): _dumped(value) for key, value in common.items()}
        found[""] = Thing("", "场景", "各场景共用的设定", given)
    entries = content.get("scenarios")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            name = str(entry.get("name", ""))
            given = {_SCENARIO.get(key, key): _dumped(value) for key, value in entry.items() if key != "name"}
            found[name] = Thing(name, "场景", name, given)
    return found


_COMMON = {"process": "流程", "begins": "开始时刻", "start": "开始数据", "operations": "操作的答复"}
_SCENARIO = {
    "steps": "步骤", "passes": "应经过", "ends": "应到达", "operations": "操作的答复", "start": "开始数据",
    "avoids": "不应经过",
}  # fmt: skip


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
