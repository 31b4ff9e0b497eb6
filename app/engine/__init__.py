"""The engine: compiles diagrams and moves their tokens. Only it imports SpiffWorkflow; it gives typed values."""

from app.engine.compile import compile_process, elements_of, flows_of
from app.engine.errors import (
    DataRefused,
    DefinitionRefused,
    EngineError,
    ExpressionFailed,
    JumpRefused,
    MigrationRefused,
    OperationFailed,
    StateUnreadable,
    StepFailed,
    StepLimitReached,
    TaskNotOpen,
    UncaughtError,
)
from app.engine.execution import Execution
from app.engine.migrating import Migrated, migrate
from app.engine.values import (
    AwaitedMessage,
    CompiledProcess,
    DueTimer,
    Element,
    Failure,
    Finding,
    Host,
    OpenTask,
    Passed,
    SequenceFlow,
    Token,
)

__all__ = [
    "AwaitedMessage",
    "CompiledProcess",
    "DataRefused",
    "DefinitionRefused",
    "DueTimer",
    "Element",
    "EngineError",
    "Execution",
    "ExpressionFailed",
    "Failure",
    "Finding",
    "Host",
    "JumpRefused",
    "Migrated",
    "MigrationRefused",
    "OpenTask",
    "OperationFailed",
    "Passed",
    "SequenceFlow",
    "StateUnreadable",
    "StepFailed",
    "StepLimitReached",
    "TaskNotOpen",
    "Token",
    "UncaughtError",
    "compile_process",
    "elements_of",
    "flows_of",
    "migrate",
]
