"""What every page carries: header, navigation, text size, errors, and links from articles to their text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.web.articles import article_number
from app.web.redirects import own_path
from tests.web.house_rules import HouseClient, Page, broken_rules

Login = Callable[..., object]


def test_the_address_itself_leads_to_the_demos_start_page(client: HouseClient) -> None:
    page = client.page("/")
    assert (page.path, page.heading) == ("/demo/", "按办法办事的专家库，每一步都看得见依据")


@pytest.mark.parametrize("path", ["/about/regulation", "/about/accessibility", "/demo/", "/demo/clock", "/demo/reset"])
def test_a_page_obeys_the_rules_of_the_house(client: HouseClient, path: str) -> None:
    assert client.page(path).title.endswith("· 智库（演示）")


def test_the_regulation_has_an_anchor_for_each_of_its_articles(client: HouseClient) -> None:
    root = client.page("/about/regulation").root
    assert [node.get("id") for node in root.xpath('//*[starts-with(@id, "article-")]')] == [
        f"article-{number}" for number in range(1, 29)
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [("第一条", 1), ("第十条", 10), ("第十二条（三）", 12), ("第二十条", 20), ("第二十八条", 28), ("内部时限", None),
     ("民法典第二百零一条", None)],
)
def test_an_article_is_known_by_its_number(text: str, number: int | None) -> None:
    assert article_number(text) == number


def test_an_unknown_address_says_so_and_leads_back(client: HouseClient) -> None:
    page = client.page("/no/such/page", 404)
    assert page.heading == "没有找到"
    assert page.links()["回到首页"] == "/"


def test_large_text_is_asked_for_once_and_kept(client: HouseClient) -> None:
    before = client.page("/about/accessibility")
    client.post("/preferences/text-size", data={"size": "large", "back": "/about/accessibility"})
    after = client.page("/about/accessibility")
    assert (before.root.get("data-text"), after.root.get("data-text")) == (None, "large")


def test_a_form_without_token_changes_nothing(client: HouseClient) -> None:
    answer = client.post("/preferences/text-size", data={"size": "large"}, csrf=False)
    assert answer.status_code == 400
    assert client.page("/about/accessibility").root.get("data-text") is None


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1", "", None, "/a\nb"]
)
def test_nobody_is_sent_to_another_site(wanted: str | None) -> None:
    assert own_path(wanted, "/home") == "/home"


def test_an_own_path_is_kept_with_its_query() -> None:
    assert own_path("/tasks?view=mine", "/home") == "/tasks?view=mine"


def test_a_signed_in_person_sees_name_and_role_in_the_header(client: HouseClient, login: Login) -> None:
    login("center_clerk")
    header = client.page("/nowhere", 404).root.find(".//header")
    assert "马晓岚 · 中心经办" in header.text_content()


def test_a_failure_shows_a_number_and_no_trace(
    app: Flask, client: HouseClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("app.web.about.chapters", lambda: 1 / 0)
    page = Page(client.get("/about/regulation"))
    assert (page.status, page.heading) == (500, "办理中断了")
    assert "ZeroDivisionError" not in page.text


def test_the_rules_of_the_house_find_a_bad_page() -> None:
    bad = (
        '<html lang="en"><head><title>x</title><style>a{}</style></head><body onload="f()"><h1>a</h1><h3>b</h3>'
        '<script>1</script><form method="post" action="/x"><input name="q"><button>确定</button></form>'
        "<img src=x><table></table><p>请注意 None</p></body></html>"
    )
    broken = " ".join(broken_rules(bad))
    for sign in ("lang", "title", "main", "h3 follows h1", "inline script", "style element", "onload", "csrf_token",
                 "without label", "确定", "without alt", "without caption", "请注意", "None"):
        assert sign in broken
