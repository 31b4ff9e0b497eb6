"""Checking calls: number, names and types of arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.feel.builtin_registry import Builtin, BuiltinParameter, Overload
from app.feel.conversion import declared_type
from app.feel.functions import Function
from app.feel.kinds import ANY, FeelType, label, type_conforms
from app.feel.nodes import Call

Report = Callable[[int, str], None]


class CallCheck:
    """One call with the types of its arguments."""

    def __init__(self, report: Report, node: Call, types: Sequence[FeelType]) -> None:
        self.report, self.node, self.types = report, node, types

    def builtin(self, function: Builtin) -> FeelType:
        """Check a call of a built-in function; returns the type of the result."""
        result = declared_type(function.returns)
        if function.variadic:
            if not self.types:
                self._wrong(f"函数 {function.name} 至少要有一个参数")
            return result
        candidates = [overload for overload in function.overloads if self._has_shape(overload)]
        if not candidates:
            self._wrong(f"函数 {function.name} 的参数应为{_signatures(function)}")
        elif not any(self._misfit(overload) is None for overload in candidates):
            misfit = self._misfit(candidates[0])
            if misfit is not None:
                self._wrong_type(function.name, *misfit)
        return result

    def registered(self, function: Function) -> FeelType:
        """Check a call of a registered function; returns the type of the result."""
        known = [parameter.name for parameter in function.parameters]
        names = self.node.names or known[: len(self.types)]
        missing = {parameter.name for parameter in function.parameters if not parameter.optional} - set(names)
        if len(self.types) > len(known) or missing or not set(names) <= set(known):
            self._wrong(f"函数 {function.name} 的参数应为（{'，'.join(known)}）")
            return declared_type(function.result)
        by_name = {parameter.name: parameter for parameter in function.parameters}
        for index, (name, found) in enumerate(zip(names, self.types, strict=True)):
            wanted = declared_type(by_name[name].type)
            if not _fits(found, wanted):
                self._wrong_type(function.name, index, name, by_name[name].type)
        return declared_type(function.result)

    def _has_shape(self, overload: Overload) -> bool:
        known = [parameter.name for parameter in overload.parameters]
        if self.node.names is None:
            return overload.required <= len(self.types) <= len(known)
        given = set(self.node.names)
        return given <= set(known) and set(known[: overload.required]) <= given

    def _misfit(self, overload: Overload) -> tuple[int, str, str] | None:
        for index, found in enumerate(self.types):
            parameter = self._parameter(overload, index)
            if parameter.type not in ("Any", "function") and not _fits(found, declared_type(parameter.type)):
                return index, parameter.name, parameter.type
        return None

    def _parameter(self, overload: Overload, index: int) -> BuiltinParameter:
        if self.node.names is None:
            return overload.parameters[index]
        return next(
            one for one in overload.parameters if self.node.names and one.name == self.node.names[index]
        )

    def _wrong(self, message: str) -> None:
        self.report(self.node.position, message)

    def _wrong_type(self, function: str, index: int, parameter: str, wanted: str) -> None:
        found = label(self.types[index].name)
        message = f"函数 {function} 的参数 {parameter} 应为{label(wanted)}，这里是{found}"
        self.report(self.node.arguments[index].position, message)


def _fits(found: FeelType, wanted: FeelType) -> bool:
    """Whether a value of that type can be an argument; lists of one and single items convert to each other."""
    if "Any" in (found.name, wanted.name) or found.name in ("Null", "list") or wanted.name == "list":
        return True
    if wanted.name == "date and time" and found.name == "date":
        return True
    if "duration" in (found.name, wanted.name):
        return found.name.endswith("duration") and wanted.name.endswith("duration")
    return type_conforms(found, wanted) or found is ANY


def _signatures(function: Builtin) -> str:
    lists = []
    for overload in function.overloads:
        names = (f"{one.name}?" if one.optional else one.name for one in overload.parameters)
        lists.append(f"（{'，'.join(names)}）")
    return " 或 ".join(lists)
