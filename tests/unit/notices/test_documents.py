"""Official documents: everything in them can be read, names whole, and nobody learns what is withheld."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from app.notices.documents.application_form import COMMITMENTS, ApplicationForm, application_form_pdf
from app.notices.documents.appointment_letter import AppointmentLetter, appointment_letter_pdf
from app.notices.documents.enclosures import freeze, make
from app.notices.documents.glyphs import UnprintableName, printable, unprintable_characters
from app.notices.documents.objection_decision import (
    CandidateLetter,
    IdentityDisclosed,
    ObjectionDecision,
    ObjectorLetter,
    decision_to_candidate,
    decision_to_objector,
)
from app.notices.documents.paper import Paper
from app.notices.documents.publicity_notice import ListedCandidate, PublicityNotice, publicity_notice_pdf
from app.regulations.rule_sets import shipped_rules
from tests.fakes.pdf import pages_of, text_of

RULES = shipped_rules()


def photo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (413, 579), (120, 150, 190)).save(picture, "JPEG")
    return picture.getvalue()


def form(**changes: Any) -> ApplicationForm:
    whole = ApplicationForm(
        number="RK-2026-0147",
        filled_on=date(2026, 2, 10),
        name="䶮㛃𬭊",
        gender="女",
        native_place="山西省太原市",
        political_status="中共党员",
        birth_month="1978-05",
        id_number="140105197805120011",
        unit_and_department="山西省大数据发展有限公司（太原）政务云事业部",
        post="副总工程师",
        title="正高级工程师",
        natures=RULES.texts("entry.unit_natures"),
        nature="国有企业",
        address="太原市小店区长治路 266 号",
        school_and_major="太原理工大学 计算机科学与技术",
        education="硕士研究生",
        phone="13912345678",
        email="zhouqiming@example.cn",
        title_certificates="信息系统项目管理师",
        licences="CISP-2019-001234",
        industry="软件和信息技术服务业",
        years_in_field="21",
        directions=RULES.texts("entry.directions"),
        chosen_directions=("云网基础设施", "其他"),
        other_direction="时空数据",
        max_directions=RULES.integer("entry.max_directions"),
        experience="从事政务云规划建设。",
        past_reviews="无",
        signed_by="䶮㛃𬭊",
        signed_on=date(2026, 2, 10),
        recommendation="同意推荐。",
        recommended_on=date(2026, 2, 9),
        photo=photo(),
    )
    return replace(whole, **changes)


def test_the_form_has_every_cell_of_the_annex() -> None:
    text = text_of(application_form_pdf(form()))
    for label in (
        "姓名", "性别", "籍贯", "政治面貌", "出生年月", "居民身份证号码", "工作单位及部门", "职务", "职称",
        "单位性质", "工作地址", "毕业院校及专业", "学历", "联系电话", "电子邮箱", "专业技术资格证书名称",
        "执业资格证书名称及注册号", "从事行业", "从事专业年限", "技术方向（最多3项）", "专业相关经历",
        "参与政务信息化项目评审情况", "本人承诺", "本人郑重承诺：", "签名：䶮㛃𬭊",
        "单位推荐意见（在职人员需填写此栏）：", "单位（盖章）",
    ):  # fmt: skip
        assert label in text, label
    for commitment in COMMITMENTS:
        assert commitment in text


def test_the_form_shows_what_was_filled_in() -> None:
    text = text_of(application_form_pdf(form()))
    for value in ("䶮㛃𬭊", "140105197805120011", "13912345678", "2026年2月10日", "同意推荐。"):
        assert value in text, value


def test_the_form_ticks_the_chosen_boxes_and_shows_the_others_empty() -> None:
    text = text_of(application_form_pdf(form()))
    assert text.count("■") == 3
    for direction in RULES.texts("entry.directions")[:-1]:
        assert ("■" if direction == "云网基础设施" else "□") + direction in text
    assert "■国有企业" in text
    assert "■其他：时空数据" in text


def test_without_a_photo_its_place_is_named() -> None:
    assert "二寸免冠电子照片" in text_of(application_form_pdf(form(photo=None)))
    assert "二寸免冠电子照片" not in text_of(application_form_pdf(form()))


def test_a_long_account_runs_over_the_pages_whole() -> None:
    sentences = "".join(f"第{number}段经历，负责省级政务云平台的规划、建设与运行。" for number in range(200))
    pages = pages_of(application_form_pdf(form(experience=sentences)))
    assert len(pages) >= 3
    assert all(f"第{number}段经历" in "".join(pages) for number in range(200))
    assert "单位推荐意见" in pages[-1]


def test_free_text_shows_a_mark_for_what_the_font_lacks() -> None:
    text = text_of(application_form_pdf(form(experience="任职于𠮷野公司 🚀")))
    assert "任职于〓野公司〓" in text


def test_a_name_is_never_mutilated() -> None:
    assert unprintable_characters("王𠮷\n𠮷䶮") == ["𠮷"]
    assert printable("王𠮷") == "王〓"
    with pytest.raises(UnprintableName, match=r"“王𠮷”中的“𠮷”（U\+20BB7）"):
        application_form_pdf(form(name="王𠮷"))


def letter(**changes: Any) -> AppointmentLetter:
    whole = AppointmentLetter("晋政信聘〔2026〕0031号", "周启明", date(2026, 3, 4), date(2028, 3, 3), date(2026, 3, 4))
    return replace(whole, **changes)


def test_the_letter_of_appointment_names_number_person_and_term_on_one_page() -> None:
    pages = pages_of(appointment_letter_pdf(letter()))
    assert len(pages) == 1
    term = "自2026年3月4日起至2028年3月3日止"
    for words in ("聘书", "晋政信聘〔2026〕0031号", "周启明同志", term, "省政务信息管理局"):
        assert words in pages[0]


def test_only_a_demo_document_says_that_its_seal_is_none() -> None:
    assert "演示" in text_of(appointment_letter_pdf(letter(is_demo=True)))
    assert "演示" not in text_of(appointment_letter_pdf(letter()))


def test_the_same_letter_is_the_same_bytes() -> None:
    assert appointment_letter_pdf(letter()) == appointment_letter_pdf(letter())


def test_papers_written_at_the_same_time_share_the_typeface_and_nothing_else() -> None:
    def paper(words: str) -> Paper:
        made = Paper("", date(2026, 3, 4))
        made.paragraphs(words)
        return made

    alone = paper("聘期自聘任之日起计算").finished()
    one, other = paper("聘期自"), paper("异议成立")
    one.paragraphs("聘任之日起计算")
    assert text_of(other.finished()) == "异议成立—1—"
    assert text_of(one.finished()) == "聘期自聘任之日起计算—1—"
    assert paper("聘期自聘任之日起计算").finished() == alone


def decision(**changes: Any) -> ObjectionDecision:
    whole = ObjectionDecision(
        number="YY-2026-0009",
        application_number="RK-2026-0147",
        batch="GS-2026-0002",
        candidate="周启明",
        candidate_unit="山西省大数据发展有限公司",
        accepted_on=date(2026, 2, 9),
        findings="经核查学历证书和任职文件，申报材料与原件一致。",
        conclusion="异议不成立",
        reasons="所反映的问题没有事实依据。",
        consequence="公示期满后按规定办理聘任。",
        decided_on=date(2026, 3, 2),
    )
    return replace(whole, **changes)


WITHHELD = ("孙立群", "山西某某公司", "13811112222")


def test_the_objector_is_told_the_decision_by_name() -> None:
    text = text_of(decision_to_objector(ObjectorLetter(decision(), "孙立群", date(2026, 2, 6))))
    opening = "您于2026年2月6日对拟入库专家周启明"
    for words in ("异议处理决定书", "孙立群：", "YY-2026-0009", opening, "异议不成立", "没有事实依据"):
        assert words in text


def test_the_candidate_is_told_the_decision_but_not_who_objected() -> None:
    text = text_of(decision_to_candidate(CandidateLetter(decision(), WITHHELD)))
    for words in ("周启明同志：", "RK-2026-0147", "异议不成立", "公示期满后按规定办理聘任"):
        assert words in text
    for secret in (*WITHHELD, "YY-2026-0009"):
        assert secret not in text


@pytest.mark.parametrize("field", ["findings", "reasons", "consequence"])
def test_a_text_that_names_the_objector_is_refused(field: str) -> None:
    with pytest.raises(IdentityDisclosed):
        decision_to_candidate(CandidateLetter(decision(**{field: "据孙 立群反映，情况属实。"}), WITHHELD))


def test_the_notice_of_publicity_shows_the_list_and_how_to_object() -> None:
    people = [ListedCandidate("赵海宁", "太原理工大学", "教授", ("大数据",)) for _ in range(30)]
    notice = PublicityNotice(
        batch="GS-2026-0002",
        title="关于省直政务信息化专家拟入库名单的公示",
        text="现将本批拟入库专家名单予以公示。",
        period=RULES["publicity.period"].words,
        published_on=date(2026, 2, 25),
        first_day=date(2026, 2, 26),
        last_day=date(2026, 3, 3),
        contact="0351-0000000",
        candidates=people,
    )
    pages = pages_of(publicity_notice_pdf(notice))
    assert "公示期为5个工作日，自2026年2月26日至2026年3月3日" in pages[0]
    assert "逾期或匿名异议不予受理" in pages[0]
    assert len(pages) > 1
    for page in pages[1:]:
        assert page.startswith("序号姓名工作单位职称技术方向")
    assert "".join(pages).count("太原理工大学") == 30


def test_documents_embed_their_font_and_say_their_language() -> None:
    reader = PdfReader(io.BytesIO(appointment_letter_pdf(letter())))
    fonts: Any = reader.pages[0]["/Resources"]["/Font"]
    descendant = next(iter(fonts.values())).get_object()["/DescendantFonts"][0].get_object()
    assert "/FontFile3" in descendant["/FontDescriptor"].get_object()
    assert reader.root_object["/Lang"] == "zh-CN"


LETTERS = (letter(), ObjectorLetter(decision(), "孙立群", date(2026, 2, 6)), CandidateLetter(decision(), WITHHELD))


@pytest.mark.parametrize("document", LETTERS, ids=lambda document: type(document).__name__)
def test_an_enclosure_kept_as_data_makes_the_same_document(document: Any) -> None:
    direct = {AppointmentLetter: appointment_letter_pdf, ObjectorLetter: decision_to_objector}.get(
        type(document), decision_to_candidate
    )
    assert make(*freeze(document), is_demo=False) == direct(document)


def test_an_enclosure_of_a_demo_installation_says_that_its_seal_is_none() -> None:
    for document in LETTERS:
        assert "演示" in text_of(make(*freeze(document), is_demo=True))


def test_an_enclosure_is_checked_before_it_is_kept() -> None:
    with pytest.raises(IdentityDisclosed):
        freeze(CandidateLetter(decision(findings="孙立群反映"), WITHHELD))
    with pytest.raises(UnprintableName):
        freeze(letter(name="王𠮷"))
    with pytest.raises(TypeError):
        freeze(form())  # type: ignore[arg-type]
