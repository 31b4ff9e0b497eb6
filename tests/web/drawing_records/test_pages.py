"""/draws for the auditor, /witness for the witness, /verify for everybody."""

from __future__ import annotations

import pytest

from app.core import crypto
from app.web.verify import VERIFIER
from tests.web.drawing_records.conftest import ALONE, FINAL, WAITING, begin_meeting, names
from tests.web.house_rules import Page
from tests.web.panel_house import House


class TestAllDraws:
    def test_each_draw_stands_with_commitment_contributors_and_what_to_mind(self, house: House) -> None:
        text = house.staff("aud").page("/draws").text
        for words in (FINAL, ALONE, WAITING, "郭子安（组织方）、任立诚（纪检监督）", "还没有人投入", "未经第二方见证",
                      "指定 1 席，共 5 席", "封存", "3 次，3 场评审", "20.0%"):  # fmt: skip
            assert words in text, words

    def test_certificates_are_offered_once_they_are_open(self, house: House) -> None:
        assert f"公开证书：{FINAL} 第 1 次" not in _labels(house, "/draws")
        begin_meeting(house)
        assert {f"公开证书：{FINAL} 第 1 次", f"审计副本：{FINAL} 第 1 次"} <= _labels(house, "/draws")

    @pytest.mark.parametrize(
        ("query", "found"),
        [("q=PS-2026-0002", {ALONE}), ("q=公文", {WAITING}), ("q=数字资源", {FINAL, ALONE, WAITING}),
         ("kind=unwitnessed", {ALONE}), ("kind=designated", {FINAL}), ("kind=redrawn", set()), ("kind=short", set()),
         ("since=2026-03-02&until=2026-03-02", {FINAL, ALONE, WAITING}), ("since=2026-03-03", set()),
         ("kind=nonsense", {FINAL, ALONE, WAITING})],
    )  # fmt: skip
    def test_the_filter_narrows(self, house: House, query: str, found: set[str]) -> None:
        text = house.staff("aud").page(f"/draws?{query}").text
        assert {number for number in (FINAL, ALONE, WAITING) if number in text} == found
        assert ("没有符合条件的抽取" in text) is not bool(found)

    def test_a_day_that_is_none_is_said_and_kept(self, house: House) -> None:
        page = house.staff("aud").page("/draws?since=gestern", status=422)
        assert page.errors["since"].startswith("“gestern”不是日期")

    def test_older_draws_follow_on_the_next_page(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.web.draws.auditing._PAGE", 2)
        page = house.staff("aud").page("/draws")
        assert FINAL not in page.text
        older = house.staff("aud").page(page.links()["看后面的"])
        assert FINAL in older.text
        assert "回到第一页" in older.links()

    def test_without_any_draw_it_says_when_there_will_be_one(self, office: object) -> None:
        text = office.client("auditor").page("/draws").text  # type: ignore[attr-defined]
        assert "还没有抽取" in text

    def test_nobody_but_the_auditor(self, house: House) -> None:
        for login in ("org", "lead", "wit", "clerk"):
            assert house.staff(login).get("/draws").status_code == 403
            assert house.staff(login).get(f"/draws/{FINAL}/1").status_code == 403


class TestOneDraw:
    def test_all_that_is_on_record(self, house: House) -> None:
        page = house.staff("aud").page(f"/draws/{FINAL}/1")
        for words in (
            "首次抽取", "在库、在聘期内", "a8f0 51cc 7be2 9d04", "第 2 轮", "ALREADY_INVITED", "专业确有需要",
            "系统抽取，第 1 次第 2 轮", "有第二方见证", "评审开始或取消时公开", "锁定条件，公布承诺值",
            "签署抽取记录", "过程无误",
        ):  # fmt: skip
            assert words in page.text, words
        assert page.links()["抽取记录表"] == f"/activities/{FINAL}/documents/record.pdf"

    def test_names_are_masked_for_the_auditor_too(self, house: House) -> None:
        text = house.staff("aud").page(f"/draws/{FINAL}/1").text
        assert not [name for name in names(house) if name in text]

    def test_before_the_draw_there_is_the_commitment_alone(self, house: House) -> None:
        text = house.staff("aud").page(f"/draws/{WAITING}/1").text
        assert "还没有人投入" in text
        assert "尚未抽取" in text

    @pytest.mark.parametrize("path", [f"/draws/{FINAL}/2", "/draws/PS-0/1", f"/draws/{FINAL}/99999999999"])
    def test_what_is_not_there_is_not_found(self, house: House, path: str) -> None:
        assert house.staff("aud").get(path).status_code == 404


class TestTheWitness:
    def test_his_draws_stand_with_what_waits_for_him(self, house: House) -> None:
        page = house.staff("wit").page("/witness")
        assert "投入随机值" in page.text
        assert ALONE not in page.text
        assert page.text.index(WAITING) < page.text.index(FINAL)
        assert "见证抽取 1 件" in page.links()

    def test_a_witness_of_nothing_is_told_how_they_come(self, house: House) -> None:
        assert "还没有请你见证的抽取" in house.staff("wit2").page("/witness").text

    def test_nobody_but_witnesses(self, house: House) -> None:
        assert house.staff("org").get("/witness").status_code == 403


class TestVerifying:
    def test_the_page_says_what_is_proved_and_what_is_not(self, house: House) -> None:
        page = house.client().page("/verify")
        for words in ("不会上传", "证明什么，不证明什么", "没有遗漏", "以操作留痕为据", "互不串通"):
            assert words in page.text, words
        assert page.root.xpath('//input[@id="certificate-file" and @type="file" and not(@name)]')
        assert page.root.xpath('//*[@id="verify-result" and @role="status"]')
        assert not page.root.xpath('//main//form[@method="post"]')
        with house.app.app_context():
            assert crypto.public_key().hex() in page.text.replace(" ", "")

    def test_the_verifier_is_handed_out_as_it_is(self, house: House) -> None:
        answer = house.client().get("/verify/verify_certificate.py")
        assert answer.data == VERIFIER.read_bytes()
        assert "verify_certificate.py" in answer.headers["Content-Disposition"]

    def test_a_number_leads_to_its_certificate(self, house: House) -> None:
        begin_meeting(house)
        answer = house.client().get("/verify/certificate?number=ps-2026-0001&draw=1")
        assert answer.headers["Location"] == f"/activities/{FINAL}/certificates/1.json"

    @pytest.mark.parametrize(
        ("query", "status", "words"),
        [(f"number={FINAL}&draw=1", 404, "评审开始或取消时公开"), ("number=PS-2026-0099", 404, "没有"),
         ("number=", 422, "请填写编号"), (f"number={FINAL}&draw=一", 422, "请填写编号"),
         (f"number={FINAL}&draw=99999999999999999999", 404, "没有")],
    )  # fmt: skip
    def test_what_cannot_be_had_is_said_at_the_field_and_kept(
        self, house: House, query: str, status: int, words: str
    ) -> None:
        page = house.client().page(f"/verify/certificate?{query}", status=status)
        assert words in page.text
        assert page.title.startswith("有错误：")
        assert page.typed("number") == query.split("&", maxsplit=1)[0].removeprefix("number=")


def _labels(house: House, path: str) -> set[str]:
    page: Page = house.staff("aud").page(path)
    return {str(link.get("aria-label")) for link in page.root.iter("a") if link.get("aria-label")}
