"""A task with a page of its own procedure is worked there; everything around it stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from app.web.tasks import bespoke
from app.web.tasks.bespoke import task_page
from app.workflow import definitions
from app.workflow.models import Task
from tests.services.workflow.world import in_transaction, properties
from tests.unit.engine import diagrams as d
from tests.web.house_rules import HouseClient, Page
from tests.web.office import Office

NAME = "testing.draw"
_FORM = json.dumps({"type": "default", "id": "f", "components": [
    {"type": "textfield", "id": "n", "key": "note", "label": "备注"}]}, ensure_ascii=False)  # fmt: skip


def _address(task: Task) -> str:
    return f"/about/regulation?case={task.business_key}&task={task.id}"


@pytest.fixture
def own_page() -> Iterator[None]:
    task_page(NAME)(_address)
    yield
    del bespoke._pages[NAME]


def _task(office: Office, page: str = NAME) -> str:
    """An open task of the clerks with the property."""
    nodes = [d.start(), d.user("draw", inner=properties(page=page)), d.end()]
    bpmn = d.diagram("drawing", nodes, ["begin > draw", "draw > done"])
    office.inside(lambda world: in_transaction(
        lambda: definitions.deploy("drawing", bpmn, {}, {"test/draw": _FORM}, None, world["owner"])
    ))  # fmt: skip
    case = office.inside(lambda world: world.start("drawing", "PS-2026-0001"))
    return office.task(case, "draw").id


def _claim(client: HouseClient, task_id: str) -> str:
    return client.post(f"/tasks/{task_id}/claim", follow_redirects=True).request.full_path


def test_whoever_has_the_task_is_led_to_its_own_page(office: Office, own_page: None) -> None:
    task_id, client = _task(office), office.client("clerk")
    own = f"/about/regulation?case=PS-2026-0001&task={task_id}"
    assert _claim(client, task_id) == own
    assert client.get(f"/tasks/{task_id}").location == own
    assert f"/tasks/{task_id}" in client.get("/inbox/").get_data(as_text=True)


def test_before_claiming_and_for_others_the_ordinary_page_stands(office: Office, own_page: None) -> None:
    task_id = _task(office)
    assert "领取并办理" in office.client("clerk").page(f"/tasks/{task_id}").text
    _claim(office.client("clerk"), task_id)
    assert "段晓芸正在办理" in office.client("clerk2").page(f"/tasks/{task_id}").text


def test_the_ordinary_page_with_its_verbs_is_within_reach(office: Office, own_page: None) -> None:
    task_id, client = _task(office), office.client("clerk")
    _claim(client, task_id)
    page = Page(client.get(f"/tasks/{task_id}?ordinary=1"))
    assert "其他处理" in page.text
    assert "转办" in client.page(f"/tasks/{task_id}/transfer").text


def test_a_done_task_is_shown_on_the_ordinary_page(office: Office, own_page: None) -> None:
    task_id, client = _task(office), office.client("clerk")
    _claim(client, task_id)
    rev = str(Page(client.get(f"/tasks/{task_id}?ordinary=1")).typed("rev"))
    client.post(f"/tasks/{task_id}", data={"rev": rev, "_do": "submit", "note": "已抽取"})
    assert "办理结果" in client.page(f"/tasks/{task_id}").text


def test_a_name_that_nobody_registered_leaves_the_ordinary_page(office: Office) -> None:
    task_id, client = _task(office, "testing.unheard_of"), office.client("clerk")
    assert _claim(client, task_id) == f"/tasks/{task_id}?"
    assert "由你办理" in client.page(f"/tasks/{task_id}").text


def test_a_name_is_given_once(own_page: None) -> None:
    assert NAME in bespoke.registered()
    task_page(NAME)(_address)
    with pytest.raises(ValueError, match=NAME):
        task_page(NAME)(lambda task: "/")
