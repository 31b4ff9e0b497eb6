"""周启明 of the browser journeys: what he types into the public form, and the files he chooses."""

from __future__ import annotations

import io
from pathlib import Path

from fpdf import FPDF
from PIL import Image
from playwright.sync_api import Page, expect

from app.registers import identity_number

NAME = "周明远"
PHONE = "13912345670"
EMAIL = "zhou.mingyuan@example.cn"
ID_NUMBER = "14010519790311001" + identity_number.check_character("14010519790311001")
#: The last character of this one is wrong.
MISTYPED_ID = ID_NUMBER[:-1] + ("1" if ID_NUMBER[-1] != "1" else "2")
DIRECTIONS = ("网络与信息安全", "密码应用", "大数据")


def photo(width: int = 413, height: int = 579) -> bytes:
    """A small JPEG of nobody in the size of a 二寸 photo."""
    made = io.BytesIO()
    Image.new("RGB", (width, height), "#dfe6ee").save(made, "JPEG", quality=80)
    return made.getvalue()


def pdf() -> bytes:
    """A paper of one page."""
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=18)
    document.cell(text="Paper of a browser test")
    return bytes(document.output())


class Files:
    """The files on the applicant's disk."""

    def __init__(self, folder: Path) -> None:
        self.photo = self._write(folder / "照片.jpg", photo())
        self.paper = self._write(folder / "材料.pdf", pdf())
        self.huge_photo = self._write(folder / "证件照原图.jpg", photo() + b"\0" * (11 * 1024 * 1024))
        self.pdf_named_jpg = self._write(folder / "身份证.jpg", pdf())
        self.script = self._write(
            folder / "职称证.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
        )

    @staticmethod
    def _write(path: Path, content: bytes) -> Path:
        path.write_bytes(content)
        return path


def code_from_mailbox(page: Page) -> str:
    """The newest code that the demo's mailbox shows, read on a page of its own."""
    box = page.context.new_page()
    box.goto("/demo/outbox")
    text = box.locator("main").inner_text()
    box.close()
    found = next((word for word in _numbers(text) if len(word) == 6), None)
    assert found is not None, f"no code in the mailbox: {text[:400]}"
    return found


def _numbers(text: str) -> list[str]:
    return "".join(letter if letter.isdecimal() else " " for letter in text).split()


def begin(page: Page) -> str:
    """Begins an application and opens it with the code; gives the draft's number."""
    page.goto("/apply/")
    page.select_option("#channel", "unit")
    page.fill("#phone", PHONE)
    page.fill("#email", EMAIL)
    page.check("#privacy_read")
    page.get_by_role("button", name="开始填报并获取验证码").click()
    expect(page.locator("h1")).to_have_text("填写验证码")
    number = page.url.rpartition("/")[2].partition("?")[0]
    page.fill("#code", code_from_mailbox(page))
    page.get_by_role("button", name="打开申请").click()
    return number


def fill_identity(page: Page, *, id_number: str = ID_NUMBER, directions: tuple[str, ...] = DIRECTIONS) -> None:
    """身份、单位与方向."""
    page.fill("#name", NAME)
    page.select_option("#political_status", "群众")
    page.fill("#id_number", id_number)
    page.fill("#native_place", "山西太原")
    page.fill("#unit_name", "并州大学信息工程学院")
    page.select_option("#unit_nature", "高校")
    page.fill("#address", "龙城市学府路 1 号（演示）")
    page.fill("#department", "网络中心")
    page.fill("#post", "主任")
    for box in page.locator('input[name="directions"]').all():
        box.set_checked(box.get_attribute("value") in directions)


def fill_education(page: Page) -> None:
    """学历与职称."""
    page.fill("#education-0-school", "并州大学")
    page.fill("#education-0-major", "计算机科学与技术")
    page.select_option("#education-0-degree", "硕士研究生")
    page.fill("#education-0-graduated", "2004-07")
    page.check("#education-0-informatization")
    page.select_option("#title_level", "正高")
    page.select_option("#title_series", "工程")
    page.fill("#title", "正高级工程师")


def fill_experience(page: Page) -> None:
    """工作经历."""
    page.fill("#industry", "信息技术")
    page.fill("#professional_years", "20")
    page.fill("#experience_text", "长期从事政务信息化项目的规划、建设与评审，主持省级平台建设三项。")
    page.fill("#experiences-0-since", "2004-08")
    page.fill("#experiences-0-unit", "并州大学信息工程学院")
    page.fill("#experiences-0-post", "工程师")
    page.check("#experiences-0-related")
    page.check("#no_reviews")


def upload(page: Page, kind: str, file: Path) -> None:
    """Chooses a file and presses its upload button."""
    page.set_input_files(f"#file-{kind}", file)
    page.locator(f"#{kind}").get_by_role("button", name="上传").click()
    page.wait_for_load_state()


def fill_commitments(page: Page) -> None:
    """承诺与推荐."""
    for item in range(1, 5):
        page.check(f"#commitment_{item}")
    page.fill("#signature", NAME)
    page.fill("#recommendation_text", "同意推荐。")
    page.fill("#recommended_on", "2026-02-27")


def go_on(page: Page) -> None:
    """保存并继续, the button that is seen."""
    page.locator(".zk-actions").get_by_role("button", name="保存并继续").click()
