"""The review of the journey of a panel: what its organiser types, and the links its experts get."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, expect

from app.web.verify import VERIFIER

TITLE = "汾河水情调度平台技术评审"
#: Of no other review: the letters of this one are found by it, as the first of them name no project.
CITY = "介休市"
PROJECT_UNIT = "省政务信息管理局"
#: The expert of the demo's start page.
DESIGNATED = "张敬之"
DRAWN = (("软件与应用", "2"), ("大数据", "1"), ("成本评估", "1"))
SECURITY = "网络与信息安全"


def fill_review(page: Page) -> None:
    """What is reviewed, when and where, who approves and who watches; the unit is found while one types."""
    page.get_by_label("评审名称").fill(TITLE)
    page.get_by_label("评审类型").select_option("技术评审")
    page.locator("#project_unit_q").fill(PROJECT_UNIT)
    page.locator("#project_unit-found").get_by_label(PROJECT_UNIT).check()
    page.get_by_label("评审日期").fill("2026-03-06")
    page.get_by_label("开始时间").fill("09:00")
    page.get_by_label("城市").fill(CITY)
    page.get_by_label("详细地点").fill("政务大厦 3 层会议室（演示）")
    page.get_by_label("联系电话").fill("0351-0000000")
    page.get_by_label("专家人数").select_option("5")
    page.get_by_label("分管领导").select_option(label="何景行")
    page.get_by_label("监督人").select_option(index=1)


def fill_seats(page: Page, seats: tuple[tuple[str, str], ...]) -> None:
    """Categories and seats, a row each."""
    for at, (category, count) in enumerate(seats):
        if not page.locator(f"#seat-{at}-category").count():
            page.get_by_role("button", name="添加一类").click()
        page.locator(f"#seat-{at}-category").select_option(category)
        page.locator(f"#seat-{at}-count").fill(count)


def designate(page: Page) -> None:
    """Asks for the expert by name, with the reason."""
    page.locator("#named_q").fill(DESIGNATED)
    page.get_by_role("button", name=f"指定：{DESIGNATED}").click()
    page.locator("#named-0-category").select_option("人工智能")
    page.locator("#named-0-reason").fill("平台含调度预测模型，需要熟悉一期的专家。")


@dataclass
class Letters:
    """The short messages of this review in the mailbox of the demo, each link taken once."""

    page: Page
    opened: set[str] = field(default_factory=set)

    def new(self) -> list[str]:
        """The links that came since the last look, the oldest first."""
        self.page.goto("/demo/outbox")
        letters = self.page.locator("section.zk-sheet", has_text=CITY).filter(has_text="短信")
        hrefs = letters.locator('a[href*="/invitation/"]').evaluate_all("all => all.map(one => one.pathname)")
        found = [one for one in dict.fromkeys(reversed(hrefs)) if one not in self.opened]
        self.opened.update(found)
        return found


def answer(phone: Page, link: str, button: str) -> None:
    """One tap on the page that the link opens."""
    phone.goto(link)
    phone.get_by_role("button", name=button).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("您将参加的评审")


def decline(phone: Page, link: str) -> None:
    """Says no, with a reason."""
    phone.goto(link)
    phone.get_by_text("不能参加", exact=True).click()
    phone.get_by_label("时间冲突").check()
    phone.get_by_role("button", name="确认不参加").click()
    expect(phone.get_by_text("感谢答复，名额已递补给下一位。")).to_be_visible()


def download(page: Page, link: str, to: Path) -> Path:
    """What a link gives, as a file in the folder."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=link, exact=True).click()
    path = to / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def tampered(certificate: Path) -> Path:
    """A copy in which one digit of what somebody gave is another."""
    text = certificate.read_text(encoding="utf-8")
    value = json.loads(text)["contributions"][0]["value"]
    other = re.sub(r"^.", "0" if value[0] != "0" else "1", value)
    copy = certificate.with_name(f"改过的-{certificate.name}")
    copy.write_text(text.replace(value, other), encoding="utf-8")
    return copy


def offline(certificate: Path) -> subprocess.CompletedProcess[str]:
    """The verifier as anybody runs it, away from the product."""
    return subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(certificate)], capture_output=True, text=True, check=False,
        cwd=certificate.parent,
    )  # fmt: skip
