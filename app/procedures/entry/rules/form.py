"""The application form (附件 申报表, domain.md §2): its steps, what each field takes, and the form read whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from app.procedures.entry.rules.content import (
    Career,
    Channel,
    Commitments,
    EducationRow,
    ExperienceRow,
    Form,
    Identity,
    LicenceRow,
    PastReviewRow,
    Qualification,
    TitleCertRow,
)
from app.procedures.entry.rules.reading import LINE, SHORT_TEXT, Reader
from app.registers import credit_code, identity_number
from app.registers.identity_number import IdentityNumber
from app.regulations.rule_sets import RuleSet

STEPS = ("channel", "identity", "education", "experience", "papers", "commitments")
STEP_WORDS = {
    "channel": "须知与渠道",
    "identity": "身份、单位与方向",
    "education": "学历与职称",
    "experience": "工作经历",
    "papers": "证明材料",
    "commitments": "承诺与推荐",
}
CHANNELS = {"call": "公开征集", "unit": "单位推荐", "self": "自我推荐"}
POLITICAL_STATUSES = (
    "中共党员", "中共预备党员", "共青团员", "民革党员", "民盟盟员", "民建会员", "民进会员", "农工党党员", "致公党党员",
    "九三学社社员", "台盟盟员", "无党派人士", "群众",
)  # fmt: skip
#: From the highest; 副处级 and above open route A.
POST_LEVELS = ("厅局级及以上", "正处级", "副处级", "科级及以下", "无")
LEADING_POST_LEVELS = POST_LEVELS[:3]
TITLE_LEVELS = ("正高", "副高", "中级", "其他", "无")
SENIOR_TITLE_LEVELS = TITLE_LEVELS[:2]
ENGINEERING = "工程"
TITLE_SERIES = (ENGINEERING, "高校教师", "科学研究", "实验技术", "经济", "会计", "统计", "其他")
DOCTOR, MASTER, BACHELOR = "博士研究生", "硕士研究生", "本科"
DEGREES = (DOCTOR, MASTER, BACHELOR, "大专及以下")
OTHER = "其他"
#: Word for word from the annex; item 4 is the consent to publicity and has its own tick (domain.md §5).
COMMITMENTS = (
    "本人符合《省直政务信息化专家和专家库管理办法》第十一条所述之条件、且不存在禁止申报的情形；",
    "自愿申请成为山西省政务信息化专家库的专家，严格遵守有关法律法规及项目评审的相关规定；",
    "对山西省政务信息化专家申报表中所填内容及所提供材料的真实性、有效性负责，申报所提供的资料及相关证明材料是真实"
    "有效原件的扫描件或复印件，已经本人核对与原件一致，不存在虚假行为，且不侵犯任何第三人的权利及权益。"
    "如承诺不实或违反承诺，本人愿意承担相应法律责任。",
    "同意按《省直政务信息化专家和专家库管理办法》相关规定在省政务信息管理局官方网站公示个人相关信息。",
)
MOST_YEARS = 60


def read_channel(reader: Reader, rules: RuleSet, today: date) -> Channel:
    """How the applicant comes, and that the notice on personal data was read."""
    channel = reader.choice("channel", "申请渠道", CHANNELS)
    if not reader.ticked("privacy_read"):
        reader.fail("privacy_read", "个人信息处理告知：请阅读后勾选")
    return Channel(channel)


def read_identity(reader: Reader, rules: RuleSet, today: date) -> Identity:
    """Person, unit, post and directions."""
    employed = not reader.ticked("not_employed")
    # In the order of the page, so that the summary of what is wrong goes down it too.
    return Identity(
        name=reader.person_name("name", "姓名"),
        political_status=reader.choice("political_status", "政治面貌", POLITICAL_STATUSES),
        id_number=_id_number(reader, today),
        native_place=reader.text("native_place", "籍贯", longest=SHORT_TEXT),
        employed=employed,
        unit_name=reader.text("unit_name", "工作单位" if employed else "退休或离职前单位"),
        unit_uscc=_uscc(reader),
        unit_nature=(nature := reader.choice("unit_nature", "单位性质", rules.texts("entry.unit_natures"))),
        unit_nature_other=_other(reader, "unit_nature_other", "其他单位性质", nature == OTHER),
        address=reader.text("address", "工作地址"),
        department=reader.text("department", "部门", required=employed, longest=80),
        post=reader.text("post", "职务", required=False, longest=60),
        post_level=reader.choice("post_level", "职务级别", POST_LEVELS, required=False),
        manages_projects=reader.ticked("manages_projects"),
        directions=(directions := _directions(reader, rules)),
        direction_other=_other(reader, "direction_other", "其他技术方向", OTHER in directions),
    )


def _directions(reader: Reader, rules: RuleSet) -> tuple[str, ...]:
    most = rules.integer("entry.max_directions")
    return tuple(reader.choices("directions", "技术方向", rules.texts("entry.directions"), most))


def _id_number(reader: Reader, today: date) -> IdentityNumber | None:
    typed = reader.text("id_number", "身份证号")
    if not typed:
        return None
    try:
        return identity_number.parse(typed, today)
    except identity_number.BadIdentityNumber as error:
        reader.fail("id_number", f"身份证号：{error.reason}")
        return None


def _uscc(reader: Reader) -> str:
    typed = reader.text("unit_uscc", "统一社会信用代码", required=False)
    if not typed:
        return ""
    try:
        return credit_code.parse(typed)
    except credit_code.BadCreditCode as error:
        reader.fail("unit_uscc", f"统一社会信用代码：{error.reason}")
        return ""


def _other(reader: Reader, field: str, label: str, needed: bool) -> str:
    return reader.text(field, label, longest=SHORT_TEXT) if needed else ""


def read_qualification(reader: Reader, rules: RuleSet, today: date) -> Qualification:
    """Degrees, title, certificates, equivalent and exemption."""
    education = tuple(reader.rows("education", lambda row: _education(row, today)))
    if not education:
        reader.fail("education", "毕业院校及专业：请至少填写一条")
    level = reader.choice("title_level", "职称级别", TITLE_LEVELS)
    titled = level not in ("", "无")
    return Qualification(
        education=education,
        title=reader.text("title", "职称名称", required=titled, longest=60) if titled else "",
        title_level=level,
        title_series=reader.choice("title_series", "职称系列", TITLE_SERIES, required=titled) if titled else "",
        title_certs=tuple(reader.rows("title_certs", lambda row: _title_cert(row, today))),
        licences=tuple(reader.rows("licences", _licence)),
        equivalent=reader.text("equivalent", "同等专业水平认证", required=False),
        exemption=reader.choice(
            "exemption", "不受年龄限制的人员", rules.texts("entry.age_exemptions"), required=False
        ),
    )


def _education(row: Reader, today: date) -> EducationRow:
    return EducationRow(
        school=row.text("school", "毕业院校", longest=80),
        major=row.text("major", "专业", longest=80),
        degree=row.choice("degree", "学历", DEGREES),
        graduated=row.month("graduated", "毕业年月", today),
        informatization=row.ticked("informatization"),
    )


def _title_cert(row: Reader, today: date) -> TitleCertRow:
    return TitleCertRow(
        name=row.text("name", "证书名称", longest=80),
        level=row.text("level", "级别", required=False, longest=20),
        issuer=row.text("issuer", "发证机关", required=False, longest=80),
        number=row.text("number", "证书编号", required=False, longest=60),
        issued=row.month("issued", "发证年月", today, required=False),
    )


def _licence(row: Reader) -> LicenceRow:
    return LicenceRow(
        name=row.text("name", "执业资格证书名称", longest=80), number=row.text("number", "注册号", longest=60)
    )


def read_career(reader: Reader, rules: RuleSet, today: date) -> Career:
    """Years, jobs and past reviews."""
    longest = rules.integer("entry.max_text")
    experiences = tuple(reader.rows("experiences", lambda row: _experience(row, today)))
    if not experiences:
        reader.fail("experiences", "工作经历：请至少填写一条")
    no_reviews = reader.ticked("no_reviews")
    reviews = () if no_reviews else tuple(reader.rows("past_reviews", lambda row: _past_review(row, today)))
    if not reviews and not no_reviews:
        reader.fail("past_reviews", "参与政务信息化项目评审情况：请填写，没有的勾选“无”")
    return Career(
        industry=reader.text("industry", "从事行业", longest=60),
        professional_years=reader.whole("professional_years", "从事专业年限", 0, MOST_YEARS),
        experience_text=reader.text("experience_text", "专业相关经历", longest=longest),
        experiences=experiences,
        no_reviews=no_reviews,
        past_reviews=tuple(sorted(reviews, key=lambda row: row.reviewed)),
    )


def _experience(row: Reader, today: date) -> ExperienceRow:
    since = row.month("since", "起始年月", today)
    until = row.month("until", "终止年月", today, required=False)
    if since and until and until < since:
        row.fail("until", f"终止年月：{until} 早于起始年月 {since}")
    return ExperienceRow(
        since=since,
        until=until,
        unit=row.text("unit", "单位", longest=LINE),
        post=row.text("post", "岗位或职务", longest=60),
        duty=row.text("duty", "工作内容", required=False, longest=300),
        related=row.ticked("related"),
    )


def _past_review(row: Reader, today: date) -> PastReviewRow:
    return PastReviewRow(
        project=row.text("project", "项目名称", longest=160), reviewed=row.month("reviewed", "评审年月", today)
    )


def read_papers(reader: Reader, rules: RuleSet, today: date) -> None:
    """Papers are files; which are missing is for `papers.missing_papers`."""
    return


def read_commitments(reader: Reader, rules: RuleSet, today: date) -> Commitments:
    """The four items, the typed signature, and the unit's recommendation."""
    given = tuple(item for item in range(1, len(COMMITMENTS) + 1) if reader.ticked(f"commitment_{item}"))
    for item in range(1, len(COMMITMENTS) + 1):
        if item not in given:
            what = "同意公示个人相关信息" if item == len(COMMITMENTS) else f"本人承诺第 {item} 项"
            reader.fail(f"commitment_{item}", f"{what}：请阅读后勾选")
    return Commitments(
        given=given,
        signature=reader.person_name("signature", "签名"),
        recommendation_text=reader.text("recommendation_text", "单位推荐意见", required=False, longest=1000),
        recommended_on=reader.day("recommended_on", "推荐日期", today, required=False),
    )


_READERS: Mapping[str, Callable[[Reader, RuleSet, date], Any]] = {
    "channel": read_channel,
    "identity": read_identity,
    "education": read_qualification,
    "experience": read_career,
    "papers": read_papers,
    "commitments": read_commitments,
}


def read_step(step: str, values: Mapping[str, Any], rules: RuleSet, today: date) -> tuple[Any, dict[str, str]]:
    """One step read: its value, and the errors by field (education-0-school for a row)."""
    reader = Reader(values)
    return _READERS[step](reader, rules, today), reader.errors


def read_form(
    content: Mapping[str, Mapping[str, Any]], rules: RuleSet, today: date
) -> tuple[Form, dict[str, str]]:
    """All steps read and checked against each other; errors are named <step>.<field>."""
    parts, errors = {}, {}
    for step in STEPS:
        parts[step], found = read_step(step, content.get(step, {}), rules, today)
        errors.update({f"{step}.{field}": message for field, message in found.items()})
    form = Form(parts["channel"], parts["identity"], parts["education"], parts["experience"], parts["commitments"])
    crossed = cross_check(form, rules, today)
    if "identity.name" in errors:
        crossed.pop("commitments.signature", None)
    for field, message in crossed.items():
        errors.setdefault(field, message)
    return form, errors


def cross_check(form: Form, rules: RuleSet, today: date) -> dict[str, str]:
    """What no step can see alone: post or title, years against age, signature, recommendation of the employed."""
    errors: dict[str, str] = {}
    identity, career, given = form.identity, form.career, form.commitments
    if not identity.post and not form.qualification.title:
        errors["identity.post"] = "职务、职称：至少填写一项"
    if identity.id_number is not None and career.professional_years is not None:
        age = identity_number.age_on(identity.id_number.born, today)
        most = max(0, age - rules.integer("entry.work_years_min_age"))
        if career.professional_years > most:
            errors["experience.professional_years"] = (
                f"从事专业年限：填了 {career.professional_years} 年，按年龄 {age} 周岁最多 {most} 年"
            )
    if given.signature and identity.name and given.signature != identity.name:
        errors["commitments.signature"] = f"签名：写的是“{given.signature}”，与姓名“{identity.name}”不一致"
    if identity.employed:
        _check_recommendation(given, errors)
    return errors


def _check_recommendation(given: Commitments, errors: dict[str, str]) -> None:
    if not given.recommendation_text:
        errors["commitments.recommendation_text"] = "单位推荐意见：在职人员须填写，退休或离职的请在第 2 步注明"
    if given.recommended_on is None:
        errors["commitments.recommended_on"] = "推荐日期：请填写"


def highest_degree(rows: Sequence[EducationRow]) -> str:
    """学历 of the form: the highest of the degrees given."""
    found = [row.degree for row in rows if row.degree in DEGREES]
    return min(found, key=DEGREES.index) if found else ""
