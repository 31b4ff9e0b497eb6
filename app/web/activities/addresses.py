"""Where the tasks of an activity's case are worked on: each on the page of its step."""

from __future__ import annotations

from flask import url_for

from app.web.tasks import task_page
from app.workflow.models import Task


@task_page("selection.conditions")
def conditions(task: Task) -> str:
    """设定抽取条件."""
    return url_for("activities.conditions", number=task.business_key)


@task_page("selection.draw")
def draw(task: Task) -> str:
    """投入、签署、发出邀请."""
    return url_for("activities.draw", number=task.business_key)


@task_page("selection.board")
def board(task: Task) -> str:
    """确认初始名单."""
    return url_for("activities.board", number=task.business_key)


@task_page("selection.shortage")
def shortage(task: Task) -> str:
    """处理缺额."""
    return url_for("activities.shortage", number=task.business_key)


@task_page("selection.meeting")
def meeting(task: Task) -> str:
    """登记会议."""
    return url_for("activities.meeting", number=task.business_key)
