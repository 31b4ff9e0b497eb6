"""Why the engine refuses or stops. Messages are for people and therefore Chinese."""

from __future__ import annotations

from collections.abc import Sequence

from app.engine.values import Finding


class EngineError(Exception):
    """Base of everything the engine raises on purpose."""


class DefinitionRefused(EngineError):
    """A diagram that cannot be run; ``findings`` say what and how to mend it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(f"{finding.element_id}：{finding.message}" for finding in self.findings))


class TaskNotOpen(EngineError):
    """The task is done, cancelled, timed out or never was: nothing was changed for it."""

    def __init__(self, task_id: str) -> None:
        self.task_id = task_id
        super().__init__("该任务已办结或已撤销，不能再办理")


class DataRefused(EngineError):
    """Data that is not plain JSON, or would break the stored state. ``path`` says where."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"数据 {path or '（整体）'} 不能保存：{reason}")


class StateUnreadable(EngineError):
    """Stored bytes are no state of this engine, or of another format."""


class JumpRefused(EngineError):
    """The token cannot be moved to that element."""


class StepLimitReached(EngineError):
    """A step ran more elements than any sound diagram needs: an endless loop without a wait."""

    def __init__(self, element_id: str, limit: int) -> None:
        self.element_id = element_id
        self.limit = limit
        super().__init__(f"一步之内执行的环节超过 {limit} 个，停在“{element_id}”：流程图中有不等待的循环")


class StepFailed(EngineError):
    """An element could not run.

    ``resumable`` means that the execution may be dumped as it stands: the element is kept as a failure to be retried or
    skipped. Otherwise the execution must be thrown away and the stored state kept.
    """

    resumable = False

    def __init__(self, task_id: str, element_id: str, code: str, message: str) -> None:
        self.task_id = task_id
        self.element_id = element_id
        self.code = code
        self.message = message
        super().__init__(f"“{element_id}”：{message}")


class ExpressionFailed(StepFailed):
    """An expression or decision gave no usable value (a condition that is null, a timer that is no date)."""

    def __init__(
        self, task_id: str, element_id: str, expression: str, message: str, code: str = "expression"
    ) -> None:
        self.expression = expression
        super().__init__(task_id, element_id, code, message)


class OperationFailed(StepFailed):
    """An operation failed and no boundary event catches its code; the cause is ``__cause__``."""

    resumable = True

    def __init__(self, task_id: str, element_id: str, operation: str, code: str, message: str) -> None:
        self.operation = operation
        super().__init__(task_id, element_id, code, message)


class UncaughtError(StepFailed):
    """An error end event fired and nothing catches its code; stock SpiffWorkflow would call that success."""


class MigrationRefused(EngineError):
    """An instance cannot go on by another specification; ``reasons`` say why, with the names of elements."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(dict.fromkeys(reasons))
        super().__init__("；".join(self.reasons))
