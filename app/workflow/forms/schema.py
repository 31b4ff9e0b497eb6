"""Reads a form-js schema into components, and refuses whatever the server would not honour."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from app.feel import Function
from app.workflow.forms import schema_keys
from app.workflow.forms.builders import BUILDERS, Reader
from app.workflow.forms.components import (
    Component,
    Computed,
    DynamicList,
    Field,
    FormDefinition,
    Group,
    joined,
)
from app.workflow.forms.errors import FormFinding, FormRefused
from app.workflow.forms.expressions import Expression

_STEP = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def parse_form(
    source: str | bytes | Mapping[str, Any], functions: Mapping[str, Function] | None = None,
) -> FormDefinition:
    """Reads a form-js schema.

    `functions` are the registered FEEL functions that its expressions may call.

    :raises FormRefused: with every fault found, in Chinese.
    """
    raw = _decoded(source)
    return _FormParser(functions or {}).form(raw)


def _decoded(source: str | bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(source, Mapping):
        return source
    try:
        raw = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise FormRefused([FormFinding("", "不是有效的 JSON 文件")]) from error
    if not isinstance(raw, dict):
        raise FormRefused([FormFinding("", "不是 form-js 表单：最外层须为对象")])
    return raw


class _FormParser:
    """Collects the findings of one form while it is read."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions
        self._findings: list[FormFinding] = []
        self._ids: set[str] = set()

    def form(self, raw: Mapping[str, Any]) -> FormDefinition:
        if raw.get("type") != "default":
            raise FormRefused([FormFinding("", "不是 form-js 表单：type 须为 default")])
        reader = self._reader("", raw)
        reader.only(raw, schema_keys.ROOT, "表单")
        version = raw.get("schemaVersion", schema_keys.SCHEMA_VERSION)
        if not isinstance(version, int) or version > schema_keys.SCHEMA_VERSION:
            reader.fault(f"schemaVersion {version} 不受支持，最高为 {schema_keys.SCHEMA_VERSION}")
        properties = reader.properties(schema_keys.ROOT_PROPERTIES)
        components = self._components(raw.get("components", []), reader)
        self._check_keys(components, "", {})
        identity = str(raw.get("id") or "form")
        form = FormDefinition(
            id=identity,
            title=properties.get("title") or identity,
            components=components,
            properties=properties,
            next_steps=reader.text(properties.get("next", ""), "next"),
        )
        if self._findings:
            raise FormRefused(self._findings)
        return form

    def _reader(self, name: str, raw: Mapping[str, Any]) -> Reader:
        return Reader(name, raw, self._functions, self._findings)

    def _components(self, raw: Any, owner: Reader) -> tuple[Component, ...]:
        if not isinstance(raw, list):
            owner.fault("components 须为列表")
            return ()
        return tuple(part for part in map(self._component, raw) if part is not None)

    def _component(self, raw: Any) -> Component | None:
        if not isinstance(raw, dict):
            self._findings.append(FormFinding("", "components 中有不是对象的一项"))
            return None
        kind, name = raw.get("type"), str(raw.get("label") or raw.get("dateLabel") or raw.get("id") or "")
        reader = self._reader(name, raw)
        if not isinstance(kind, str) or kind not in schema_keys.COMPONENTS:
            reader.fault(schema_keys.REFUSED.get(str(kind), f"不支持的组件类型“{kind}”"))
            return None
        identity = raw.get("id")
        if not isinstance(identity, str) or not identity:
            reader.fault("缺少 id")
        elif identity in self._ids:
            reader.fault(f"id“{identity}”重复")
        self._ids.add(str(identity))
        reader.only(raw, schema_keys.COMPONENTS[kind], "组件")
        if kind in ("group", "dynamiclist"):
            return self._container(kind, reader, raw)
        return BUILDERS[kind](reader)

    def _container(self, kind: str, reader: Reader, raw: Mapping[str, Any]) -> Component:
        inner = self._components(raw.get("components", []), reader)
        properties = reader.properties(schema_keys.PROPERTIES.get(kind, frozenset()))
        common = reader.common(properties)
        path = str(raw.get("path") or "")
        if kind == "group":
            return Group(**common, components=inner, path=path, outline=raw.get("showOutline", True) is not False)
        if raw.get("isRepeating", True) is not True:
            reader.fault("动态列表的 isRepeating 须为 true")
        if any(isinstance(part, DynamicList) for part in inner):
            reader.fault("动态列表里不能再放动态列表")
        if not path:
            reader.fault("动态列表须填写 path")
        return DynamicList(
            **common, components=inner, path=path,
            repetitions=reader.whole("defaultRepetitions", 1, 0, 50),
            changeable=raw.get("allowAddRemove", True) is not False,
            min_rows=reader.limit(properties.get("minRows"), "minRows", int),
            max_rows=reader.limit(properties.get("maxRows"), "maxRows", int),
        )

    def _check_keys(self, components: tuple[Component, ...], prefix: str, seen: dict[str, Component]) -> None:
        """Keys are well-formed, and used twice only where conditions show one or the other."""
        for part in components:
            if isinstance(part, Group):
                self._check_path(part, part.path, required=False)
                self._check_keys(part.components, joined(prefix, part.path), seen)
            elif isinstance(part, DynamicList):
                self._check_path(part, part.path, required=True)
                self._check_once(part, joined(prefix, part.path), seen)
                self._check_keys(part.components, "", {})
            elif isinstance(part, Field):
                self._check_path(part, part.key, required=True)
                self._check_once(part, joined(prefix, part.key), seen)

    def _check_path(self, part: Component, path: str, *, required: bool) -> None:
        if not path and not required:
            return
        if not all(_STEP.fullmatch(step) for step in path.split(".")):
            self._findings.append(FormFinding(part.name, f"键“{path}”只能用字母、数字和下划线，层级用点分开", part.id))

    def _check_once(self, part: Component, path: str, seen: dict[str, Component]) -> None:
        for other, before in seen.items():
            nested = other.startswith(path + ".") or path.startswith(other + ".")
            if nested or (other == path and not self._alternate(part, before)):
                message = f"键“{path}”与“{before.name}”的键“{other}”冲突"
                self._findings.append(FormFinding(part.name, message, part.id))
                return
        seen[path] = part

    @staticmethod
    def _alternate(one: Component, other: Component) -> bool:
        return (
            isinstance(one.hide, Expression) and isinstance(other.hide, Expression)
            and not isinstance(one, Computed) and type(one) is type(other)
        )
