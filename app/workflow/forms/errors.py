"""Why a form is refused when it is loaded, or cannot be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FormFinding:
    """One fault of a form definition: the component (its label or id, empty for the form itself) and what is wrong.

    `id` is the component's id where it has one, for editors that lead there.
    """

    component: str
    message: str
    id: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"“{self.component}”：{self.message}" if self.component else self.message


class FormRefused(Exception):
    """A form definition that may not be used; every fault is listed in Chinese."""

    def __init__(self, findings: Sequence[FormFinding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(map(str, self.findings)))


class FormUnsettled(Exception):
    """Conditions or computed values that contradict one another for these entries: the form has no stable state."""

    def __init__(self, title: str) -> None:
        super().__init__(f"表单“{title}”的显示条件或计算值互相矛盾，请告知流程管理员")
