"""States of a draft, the moves between them, and the words of every act on it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class DraftState(StrEnum):
    """Where a draft stands on its way to a version."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class DraftOrigin(StrEnum):
    """What a draft was begun from."""

    VERSION = "version"
    NEW = "new"
    IMPORT = "import"
    SHIPPED = "shipped"
    ROLL_BACK = "roll_back"


class DraftAct(StrEnum):
    """What was done to a draft; the value is the verb of the audit action."""

    BEGIN = "begin"
    SAVE = "save"
    REBASE = "rebase"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    APPROVE = "approve"
    RETURN = "return"
    RECALL = "recall"
    REFUSE = "refuse"
    PUBLISH = "publish"
    DISCARD = "discard"


#: A process has at most one draft in these states.
ACTIVE = frozenset({DraftState.DRAFT, DraftState.SUBMITTED, DraftState.APPROVED})

#: Which state may follow which; a state without followers is final.
DRAFT_MOVES: Mapping[DraftState, frozenset[DraftState]] = {
    DraftState.DRAFT: frozenset({DraftState.SUBMITTED, DraftState.DISCARDED}),
    DraftState.SUBMITTED: frozenset({DraftState.DRAFT, DraftState.APPROVED, DraftState.DISCARDED}),
    DraftState.APPROVED: frozenset({DraftState.DRAFT, DraftState.PUBLISHED, DraftState.DISCARDED}),
    DraftState.PUBLISHED: frozenset(),
    DraftState.DISCARDED: frozenset(),
}

STATE_WORDS: Mapping[DraftState, str] = {
    DraftState.DRAFT: "草稿",
    DraftState.SUBMITTED: "待审批",
    DraftState.APPROVED: "已批准，待发布",
    DraftState.PUBLISHED: "已发布",
    DraftState.DISCARDED: "已作废",
}

ORIGIN_WORDS: Mapping[DraftOrigin, str] = {
    DraftOrigin.VERSION: "由在用的版本修改",
    DraftOrigin.NEW: "新建",
    DraftOrigin.IMPORT: "导入",
    DraftOrigin.SHIPPED: "取自产品更新",
    DraftOrigin.ROLL_BACK: "重新发布旧版本",
}

#: The same act has the same word everywhere (ui/README §2).
ACT_WORDS: Mapping[DraftAct, str] = {
    DraftAct.BEGIN: "开始修改",
    DraftAct.SAVE: "存草稿",
    DraftAct.REBASE: "改以新版本为基础",
    DraftAct.SUBMIT: "提交审批",
    DraftAct.TAKE_BACK: "取回",
    DraftAct.APPROVE: "批准",
    DraftAct.RETURN: "退回",
    DraftAct.RECALL: "撤回批准",
    DraftAct.REFUSE: "没有发布",
    DraftAct.PUBLISH: "发布",
    DraftAct.DISCARD: "作废草稿",
}


def may_move(present: DraftState, following: DraftState) -> bool:
    """Whether a draft may go from one state to the other."""
    return following in DRAFT_MOVES[present]
