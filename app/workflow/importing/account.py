"""Keeping the account of an import: what is said of each element, and what is left to choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.workflow.importing.plan import GRAVITY, Fate, Line, Need, Wishes

KINDS = {
    "task": "任务", "userTask": "用户任务", "manualTask": "人工任务", "serviceTask": "服务任务",
    "scriptTask": "脚本任务", "businessRuleTask": "决策任务", "sendTask": "发送任务",
    "receiveTask": "接收任务", "callActivity": "调用活动",
    "subProcess": "子流程", "transaction": "事务子流程", "adHocSubProcess": "特别子流程", "startEvent": "开始事件",
    "endEvent": "结束事件", "boundaryEvent": "边界事件", "intermediateCatchEvent": "中间事件",
    "intermediateThrowEvent": "抛出事件", "exclusiveGateway": "排他网关", "parallelGateway": "并行网关",
    "inclusiveGateway": "包容网关", "eventBasedGateway": "事件网关", "complexGateway": "复杂网关",
    "sequenceFlow": "连线", "lane": "泳道", "participant": "池", "process": "流程", "message": "消息",
    "messageFlow": "消息流", "textAnnotation": "注释", "dataObject": "数据对象", "dataObjectReference": "数据对象",
    "dataStoreReference": "数据存储", "group": "分组框", "drawing": "图的排布", "ids": "编号",
}  # fmt: skip


@dataclass
class _Entry:
    name: str
    what: str
    fate: Fate = Fate.TAKEN
    notes: list[str] = field(default_factory=list)


class Account:
    """Lines by element in the order in which they came up, and the needs with the answers given."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self._lines: dict[str, _Entry] = {}
        self.needs: dict[str, Need] = {}

    def opened(self, element_id: str, name: str, kind: str) -> None:
        """An element turned up; taken over unless something is noted."""
        self._lines.setdefault(element_id, _Entry(name, KINDS.get(kind, kind)))

    def note(self, element_id: str, fate: Fate, words: str) -> None:
        """Something to say of an element; the gravest counts."""
        entry = self._lines.setdefault(element_id, _Entry("", "其他"))
        if words not in entry.notes:
            entry.notes.append(words)
        entry.fate = max(entry.fate, fate, key=GRAVITY.index)

    def dropped(self, element_id: str, name: str, kind: str, words: str) -> None:
        """An element that is not taken over, and why."""
        self.opened(element_id, name, kind)
        self.note(element_id, Fate.DROPPED, words)

    def ask(self, key: str, label: str, options: Sequence[tuple[str, str]], hint: str = "") -> str:
        """What was chosen; empty while it is open, or when it is none of the options."""
        wanted = self._wishes.choices.get(key, "")
        value = wanted if wanted in {option for option, _ in options} else ""
        self.needs.setdefault(key, Need(key, label, tuple(options), value, hint))
        return value

    def lines(self) -> tuple[Line, ...]:
        """The report."""
        return tuple(
            Line(key, entry.name, entry.what, entry.fate, tuple(entry.notes)) for key, entry in self._lines.items()
        )
