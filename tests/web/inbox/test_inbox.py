"""The inbox: views, filters in the URL, groups by urgency, deadlines with their computation, empty states, picking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from app.web.inbox import bulk
from app.web.inbox.grouping import by_urgency
from app.workflow.inbox import InboxRow
from tests.web.house_rules import Page
from tests.web.office import KEY, Office

Travel = Callable[[str], datetime]


def titles(page: Page) -> list[str]:
    return [" ".join(link.text_content().split()) for link in page.root.xpath('//*[@class="zk-row__what"]/a')]


def test_the_views_show_what_waits_for_the_person_and_the_group(office: Office) -> None:
    _case, task_id = office.reviewed()
    client = office.client("reviewer")
    assert titles(client.page("/inbox/?view=mine")) == []
    assert titles(client.page("/inbox/?view=groups")) == ["RK-2026-0147 的办件 · qualification_review"]
    assert titles(office.client("clerk").page("/inbox/?view=groups")) == []
    assert titles(office.client("clerk").page("/inbox/?view=done")) == ["RK-2026-0147 的办件 · formal_check"]
    client.post(f"/tasks/{task_id}/claim")
    mine = client.page("/inbox/")
    assert titles(mine) == ["RK-2026-0147 的办件 · qualification_review"]
    assert "我的 1" in mine.text


@pytest.mark.parametrize("view", ["mine", "groups", "overdue", "signing", "transferred", "copied", "done"])
def test_every_view_has_its_empty_state(office: Office, view: str) -> None:
    page = office.client("reviewer").page(f"/inbox/?view={view}")
    assert page.root.xpath('//*[contains(@class, "zk-empty")]')


def test_an_empty_desk_points_to_the_groups_work(office: Office) -> None:
    office.reviewed()
    page = office.client("reviewer").page("/inbox/?view=mine")
    assert "都办完了" in page.text
    assert "本组还有 1 件可以领取" in page.text
    assert page.links()["去领取"] == "/inbox/?view=groups"


def test_without_a_tab_an_empty_desk_opens_on_the_groups_work(office: Office) -> None:
    office.reviewed()
    assert titles(office.client("reviewer").page("/inbox/")) == ["RK-2026-0147 的办件 · qualification_review"]


def test_filters_stand_in_the_url_and_nothing_found_says_so(office: Office) -> None:
    office.reviewed("RK-2026-0147")
    office.reviewed("RK-2026-0148")
    client = office.client("reviewer")
    assert len(titles(client.page("/inbox/?view=groups&q=0148"))) == 1
    assert len(titles(client.page(f"/inbox/?view=groups&process={KEY}&element=qualification_review"))) == 2
    nothing = client.page("/inbox/?view=groups&q=孟")
    assert "没有符合“孟”的事项" in nothing.text
    assert nothing.typed("q") == "孟"
    assert nothing.links()["去掉筛选再看"] == "/inbox/?view=groups"


def test_the_load_of_the_coming_days_leads_to_what_is_due_then(office: Office, travel: Travel) -> None:
    office.reviewed()
    travel("2026-03-09 09:00")
    page = office.client("reviewer").page("/inbox/?view=groups")
    due = [link.get("href") for link in page.root.xpath('//a[contains(@class, "zk-day--load")][b != "0"]')]
    assert len(page.root.xpath('//a[contains(@class, "zk-day--load")]')) == 8
    assert len(titles(office.client("reviewer").page(due[0]))) == 1
    assert titles(office.client("reviewer").page("/inbox/?view=groups&due=2026-03-09")) == []


def test_a_deadline_opens_to_its_rule_and_the_days_counted(office: Office) -> None:
    office.reviewed()
    page = office.client("reviewer").page("/inbox/?view=groups")
    deadline = page.root.xpath('//details[contains(@class, "zk-deadline")]')[0]
    words = " ".join(deadline.text_content().split())
    assert "内部时限" in words
    assert "还剩" in words
    assert deadline.xpath('.//ol[@class="zk-ruler"]/li[contains(@class, "is-due")]')


def test_what_is_late_stands_first_and_is_called_so(office: Office, travel: Travel) -> None:
    office.reviewed()
    travel("2026-04-20 09:00")
    office.reviewed("RK-2026-0200")
    page = office.client("reviewer").page("/inbox/?view=groups")
    headings = [" ".join(node.text_content().split()) for node in page.root.xpath('//h2[contains(@class, "zk-group")]')]
    assert headings[0] == "已逾期 1 件"
    assert "逾期" in page.text
    late = office.client("reviewer").page("/inbox/?view=overdue")
    assert titles(late) == ["RK-2026-0147 的办件 · qualification_review"]


def test_taking_the_next_claims_the_most_urgent_and_opens_it(office: Office) -> None:
    case, task_id = office.reviewed()
    page = Page(office.client("reviewer").post("/inbox/next", follow_redirects=True))
    assert page.path == f"/tasks/{task_id}"
    assert office.task(case, "qualification_review").assignee_name == "赵海宁"
    none = Page(office.client("reviewer").post("/inbox/next", follow_redirects=True))
    assert "没有你可以领取的事项" in none.text


def test_pages_follow_one_another(office: Office) -> None:
    for number in range(21):
        office.case(f"RK-2026-{number:04}")
    first = office.client("clerk").page("/inbox/?view=groups")
    assert len(titles(first)) == 20
    second = office.client("clerk").page(first.links()["看后面的"])
    assert len(titles(second)) == 1
    assert not set(titles(first)) & set(titles(second))
    assert second.links()["回到第一页"] == "/inbox/?view=groups"


@pytest.mark.parametrize("query", ["view=everything", "after=broken", "due=tomorrow"])
def test_a_damaged_address_is_refused_in_words(office: Office, query: str) -> None:
    assert office.client("clerk").get(f"/inbox/?{query}").status_code in (404, 422)


def test_administrators_have_no_inbox(office: Office) -> None:
    assert office.client("auditor").get("/inbox/").status_code == 403


def test_picked_tasks_go_on_to_the_page_of_the_act(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bulk._acts, "try", bulk.BulkAct("try", "一并办理", "可一并办理", "inbox.index"))
    client = office.client("clerk")
    nothing = Page(client.post("/inbox/bulk", data={"act": "try"}, follow_redirects=True))
    assert "还没有勾选" in nothing.text
    went = client.post("/inbox/bulk", data={"act": "try", "task": ["a", "b"]})
    assert (went.status_code, went.headers["Location"]) == (303, "/inbox/?task=a&task=b")
    assert client.post("/inbox/bulk", data={"act": "other", "task": "a"}).status_code == 404


def row(task_id: str, element: str, due: str | None, *, provisional: bool = False) -> InboxRow:
    at = datetime.fromisoformat(due + "+08:00") if due else None
    now = datetime.fromisoformat("2026-03-02T09:00+08:00")
    return InboxRow(
        task_id=task_id, instance_id=1, process_key="p", business_key="RK", title="办件", element_id=element,
        name="环节", candidate_group=None, assignee_id=None, assignee_name=None, owner_name=None, status="open",
        due_at=at, inbox_at=at or now, provisional=provisional,
        created_at=now, claimed_at=None, completed_at=None, rev=0, suspended=False,
    )


def test_rows_are_grouped_by_urgency_and_those_to_pick_stand_apart() -> None:
    now = datetime.fromisoformat("2026-03-02T09:00+08:00")
    act = bulk.BulkAct("publish", "拟写公示并发布", "可一并公示", "x.y")
    rows = [
        row("late", "a", "2026-03-01T00:00"), row("guess", "a", "2026-03-01T00:00", provisional=True),
        row("today", "a", "2026-03-03T00:00"), row("week", "a", "2026-03-09T00:00"),
        row("later", "a", "2026-03-10T00:00"), row("never", "a", None), row("pick", "b", "2026-03-01T00:00"),
    ]
    groups = by_urgency(rows, now, {("p", "b"): act})
    assert [(group.heading, [each.task_id for each in group.rows]) for group in groups] == [
        ("已逾期", ["late"]), ("今天到期", ["guess", "today"]), ("本周到期", ["week"]), ("以后到期", ["later"]),
        ("没有时限", ["never"]), ("可一并公示", ["pick"]),
    ]
