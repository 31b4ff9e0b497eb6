"""An applicant at the public pages of the demo world: through the forms alone, with the code from the mailbox."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from random import Random
from typing import Any

from app.core import clock
from app.procedures.entry.rules.form import STEPS
from app.regulations.rule_sets import shipped_rules
from app.web.demo.world.applicants import Applicant, paper, photo, typed_form
from app.web.demo.world.invention import People
from tests.web.house_rules import HouseClient, Page

PAPERS = ("cv", "degree", "title", "experience", "identity")
EMAIL = "wei.zhiyuan@example.cn"


def posted(client: HouseClient, path: str, data: dict[str, Any], status: int = 200) -> Page:
    """The page that a form leads to."""
    answer = client.post(path, data=data, follow_redirects=True, content_type="multipart/form-data")
    assert answer.status_code == status, f"{path}: {answer.status_code}\n{Page(answer).text[:600]}"
    answer.request.environ["wsgi.input"].close()  # a large upload lies in a temporary file of the test client
    return Page(answer)


def code_of(client: HouseClient) -> str:
    """The newest code in the demo's mailbox."""
    found = re.search(r"\b\d{6}\b", client.page("/demo/outbox").text)
    assert found is not None, "no code in the mailbox"
    return found[0]


@dataclass
class AtTheForm:
    """魏致远, born so that he is `age` today, with a draft that is open in this browser."""

    client: HouseClient
    age: int = 45
    phone: str = "13900002001"
    id_number: str = ""
    number: str = ""
    typed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        source = Random(7)
        person = Applicant("魏致远", age=self.age)
        self.typed = typed_form(person, People(source), clock.today(), source)
        if self.id_number:
            self.typed["identity"]["id_number"] = self.id_number

    def begin(self) -> AtTheForm:
        """Begins a draft and opens it with the code."""
        answer = self.client.post(
            "/apply/", data={"channel": "unit", "phone": self.phone, "email": EMAIL, "privacy_read": "1"}
        )
        self.number = answer.headers["Location"].rpartition("/")[2].partition("?")[0]
        posted(self.client, f"/apply/code/{self.number}", {"code": code_of(self.client)})
        return self

    def save(self, step: str, status: int = 200, **changes: Any) -> Page:
        """Fills in a step, with `changes`, and goes on."""
        values = {**flat(self.typed[step]), **changes, "act": "next"}
        if step == "identity" and "file-photo" not in values:
            values["file-photo"] = (BytesIO(photo(shipped_rules())), "照片.jpg")
        if step == "commitments":
            values["file-recommendation"] = (BytesIO(paper("recommendation")), "推荐意见.pdf")
        return posted(self.client, f"/apply/{self.number}/{step}", values, status)

    def upload(self, kind: str, name: str, content: bytes, status: int = 200) -> Page:
        """Uploads a paper."""
        data = {"file": (BytesIO(content), name)}
        return posted(self.client, f"/apply/{self.number}/papers/{kind}", data, status)

    def fill_everything(self) -> AtTheForm:
        """Every step and every paper."""
        for step in STEPS[:-2]:
            self.save(step)
        for kind in PAPERS:
            self.upload(kind, f"{kind}.pdf", paper(kind))
        self.save("papers")
        self.save("commitments")
        return self

    def submit(self, status: int = 200) -> Page:
        """Presses 提交入库申请."""
        return posted(self.client, f"/apply/{self.number}/review", {}, status)


def flat(values: dict[str, Any]) -> dict[str, Any]:
    """A step's values as the form sends them: rows as list-0-field."""
    sent: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for place, row in enumerate(value):
                sent.update({f"{name}-{place}-{key}": text for key, text in row.items()})
        elif not (isinstance(value, list) and not value):
            sent[name] = value
    return sent


def born(age: int, today: date) -> date:
    """A birth date of somebody of this age today."""
    return date(today.year - age, 1, 15)
