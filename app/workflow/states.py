"""States of instances, tasks, timers, messages and incidents, the moves between them, and the words of every act."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class DefinitionState(StrEnum):
    """A version of a process: in force for new instances, or kept only for those that run on it."""

    PUBLISHED = "published"
    RETIRED = "retired"


class InstanceStatus(StrEnum):
    """A case. `VOIDED` is 作废 by an operator, `REVOKED` is 撤销 by whoever started it.

    `SUSPENDED` is 暂停 by an operator: no step, no timer, no message and no job touches the case until it is resumed.
    """

    RUNNING = "running"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    VOIDED = "voided"
    REVOKED = "revoked"


class TaskStatus(StrEnum):
    """Work of a person. `CANCELLED`: the process took it away; `RETURNED`: its holder sent the case back."""

    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class TimerStatus(StrEnum):
    """A deadline the engine waits for."""

    PENDING = "pending"
    FIRED = "fired"
    CANCELLED = "cancelled"


class MessageStatus(StrEnum):
    """A message from one case to another; `UNDELIVERABLE` waits for an operator, `DROPPED` had nobody to wait for."""

    PENDING = "pending"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    DROPPED = "dropped"


MESSAGE_WORDS: Mapping[MessageStatus, str] = {
    MessageStatus.PENDING: "待送达",
    MessageStatus.DELIVERED: "已送达",
    MessageStatus.UNDELIVERABLE: "无法送达",
    MessageStatus.DROPPED: "无人等待，不再送达",
}


class IncidentStatus(StrEnum):
    """Something that failed and needs a look."""

    OPEN = "open"
    RESOLVED = "resolved"
    SKIPPED = "skipped"


#: Which state may follow which; a state without followers is final.
INSTANCE_MOVES: Mapping[InstanceStatus, frozenset[InstanceStatus]] = {
    InstanceStatus.RUNNING: frozenset(
        {InstanceStatus.SUSPENDED, InstanceStatus.COMPLETED, InstanceStatus.VOIDED, InstanceStatus.REVOKED}
    ),
    InstanceStatus.SUSPENDED: frozenset({InstanceStatus.RUNNING, InstanceStatus.VOIDED}),
    InstanceStatus.COMPLETED: frozenset(),
    InstanceStatus.VOIDED: frozenset(),
    InstanceStatus.REVOKED: frozenset(),
}

#: A completed or returned task opens again only by 撤回, which restores the state before the step.
TASK_MOVES: Mapping[TaskStatus, frozenset[TaskStatus]] = {
    TaskStatus.OPEN: frozenset({TaskStatus.COMPLETED, TaskStatus.CANCELLED, TaskStatus.RETURNED}),
    TaskStatus.COMPLETED: frozenset({TaskStatus.OPEN}),
    TaskStatus.CANCELLED: frozenset({TaskStatus.OPEN}),
    TaskStatus.RETURNED: frozenset(),
}


class Act(StrEnum):
    """What was done to a case; the value is the audit action's verb."""

    START = "start"
    CLAIM = "claim"
    RELEASE = "release"
    COMPLETE = "complete"
    SUBMIT = "submit"
    COMMENT = "comment"
    ATTACH = "attach"
    TRANSFER = "transfer"
    DELEGATE = "delegate"
    HAND_BACK = "hand_back"
    RETURN = "return"
    WITHDRAW = "withdraw"
    REMIND = "remind"
    REASSIGN = "reassign"
    ADD_SIGNER = "add_signer"
    REMOVE_SIGNER = "remove_signer"
    SIGN = "sign"
    COPY = "copy"
    VOID = "void"
    REVOKE = "revoke"
    TIMER = "timer"
    MESSAGE = "message"
    RETRY = "retry"
    SKIP = "skip"
    RESCHEDULE = "reschedule"
    MOVE = "move"
    SUSPEND = "suspend"
    RESUME = "resume"
    MIGRATE = "migrate"
    MIGRATE_BACK = "migrate_back"


#: The same act has the same word everywhere (ui/README §2).
ACT_WORDS: Mapping[Act, str] = {
    Act.START: "发起",
    Act.CLAIM: "领取",
    Act.RELEASE: "放回",
    Act.COMPLETE: "办结",
    Act.SUBMIT: "提交，待加签人签署",
    Act.COMMENT: "留言",
    Act.ATTACH: "添加附件",
    Act.TRANSFER: "转办",
    Act.DELEGATE: "委托",
    Act.HAND_BACK: "交还委托人",
    Act.RETURN: "退回",
    Act.WITHDRAW: "撤回",
    Act.REMIND: "催办",
    Act.REASSIGN: "改派",
    Act.ADD_SIGNER: "加签",
    Act.REMOVE_SIGNER: "减签",
    Act.SIGN: "签署意见",
    Act.COPY: "抄送",
    Act.VOID: "作废",
    Act.REVOKE: "撤销",
    Act.TIMER: "期限届满",
    Act.MESSAGE: "收到消息",
    Act.RETRY: "重试",
    Act.SKIP: "跳过",
    Act.RESCHEDULE: "顺延期限",
    Act.MOVE: "移动办件",
    Act.SUSPEND: "暂停",
    Act.RESUME: "恢复",
    Act.MIGRATE: "迁移版本",
    Act.MIGRATE_BACK: "撤销迁移",
}
