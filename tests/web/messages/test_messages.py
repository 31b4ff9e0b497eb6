"""消息: what was told to somebody inside the product, seen by nobody else; only the button marks it as read."""

from __future__ import annotations

from typing import Any

from app.workflow import tasks
from tests.services.workflow.world import in_transaction
from tests.web.house_rules import Page
from tests.web.office import Office


def reminded(office: Office) -> str:
    """A task that its reviewers are reminded of; gives its id."""
    _case, task_id = office.reviewed()

    def act(world: Any) -> None:
        in_transaction(lambda: tasks.remind(task_id, world["leader"], "今天办完"))

    office.inside(act)
    return str(task_id)


def test_a_reminder_leads_to_its_task(office: Office) -> None:
    task_id = reminded(office)
    page = office.client("reviewer").page("/messages/")
    title, = [word for word, url in page.links().items() if url == f"/tasks/{task_id}"]
    assert "催办：RK-2026-0147" in title
    assert "留言：今天办完" in page.text
    assert "未读" in page.text


def test_looking_marks_nothing_and_the_button_what_was_seen(office: Office) -> None:
    reminded(office)
    client = office.client("reviewer")
    client.page("/messages/")
    button = client.page("/messages/").root.xpath("//form[@action='/messages/read']")[0]
    seen = [one.get("value") for one in button.xpath(".//input[@name='id']")]
    done = Page(client.post("/messages/read", data={"id": seen}, follow_redirects=True))
    assert "已标为已读：1 条消息" in done.text
    assert "未读" not in done.text


def test_nobody_marks_or_sees_the_messages_of_others(office: Office) -> None:
    reminded(office)
    stranger = office.client("owner")
    assert "没有消息" in stranger.page("/messages/").text
    stranger.post("/messages/read", data={"id": ["1", "2", "3"]})
    assert "未读" in office.client("reviewer").page("/messages/").text
