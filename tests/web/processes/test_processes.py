"""流程: the shipped diagrams can be read in the product, in picture and in words."""

from __future__ import annotations

import pytest
from flask import Flask

from app.workflow import definitions
from tests.web.house_rules import HouseClient


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world and its processes."""
    return world_app


@pytest.mark.parametrize("role", ["process_owner", "discipline_witness"])
def test_the_readers_find_every_process_in_force(client: HouseClient, role: str) -> None:
    client.post("/demo/enter", data={"role": role})
    links = client.page("/processes/").links()
    assert {"/processes/expert_entry", "/processes/objection_handling"} <= set(links.values())
    shown = client.page("/cases/" if role == "discipline_witness" else "/incidents/").links()["流程"]
    assert shown == ("/processes/" if role == "discipline_witness" else "/studio/")


def test_a_process_is_told_step_by_step_with_who_and_why(client: HouseClient) -> None:
    client.post("/demo/enter", data={"role": "process_owner"})
    page = client.page("/processes/expert_entry")
    row = next(row for row in page.root.xpath("//tbody/tr") if row[0].text_content().strip() == "资格审查")
    assert "资格审查岗" in row[1].text_content()
    assert "第十二条" in row[2].text_content()


def test_the_picture_is_the_version_in_force(app: Flask, client: HouseClient) -> None:
    client.post("/demo/enter", data={"role": "process_owner"})
    with app.app_context():
        expected = definitions.latest("objection_handling").xml
    assert client.get("/processes/objection_handling/diagram.bpmn").get_data(as_text=True) == expected


def test_an_unknown_process_is_not_there(client: HouseClient) -> None:
    client.post("/demo/enter", data={"role": "process_owner"})
    assert client.get("/processes/nothing").status_code == 404
