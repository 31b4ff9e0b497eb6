"""The register of every number and list of the regulation that rules, forms and diagrams use.

A value lives in a dated rule set; here stands what each key means, its type and unit, and where it comes from:
an article of the regulation, or 内部时限 where the regulation is silent (domain.md §1.3, no figure in code).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.regulations.errors import UnknownParameter

INTERNAL = "内部时限"


class Type(StrEnum):
    """How a value is written and what it becomes in Python."""

    INTEGER = "integer"  # int
    TIME = "time"  # datetime.time, written HH:MM
    NUMBERS = "numbers"  # tuple[int, ...]
    TEXTS = "texts"  # tuple[str, ...]
    MAPPING = "mapping"  # dict[str, tuple[str, ...]]


class Unit(StrEnum):
    """What a value counts; the first six are periods."""

    WORKING_DAYS = "working_days"
    HOURS = "hours"
    MINUTES = "minutes"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    COUNT = "count"
    KILOBYTES = "kilobytes"
    BYTES = "bytes"
    PIXELS = "pixels"
    PERCENT = "percent"
    PERSONS = "persons"
    TIMES = "times"
    CHARACTERS = "characters"
    CLOCK = "clock"
    NONE = "none"


UNIT_WORDS = {
    Unit.WORKING_DAYS: "个工作日",
    Unit.HOURS: "小时",
    Unit.MINUTES: "分钟",
    Unit.DAYS: "日",
    Unit.MONTHS: "个月",
    Unit.YEARS: "年",
    Unit.COUNT: "项",
    Unit.KILOBYTES: "KB",
    Unit.BYTES: "字节",
    Unit.PIXELS: "像素",
    Unit.PERCENT: "%",
    Unit.PERSONS: "人",
    Unit.TIMES: "次",
    Unit.CHARACTERS: "字",
    Unit.CLOCK: "",
    Unit.NONE: "",
}


@dataclass(frozen=True)
class Parameter:
    """One declared key. `article` is 第十二条（三） or 内部时限; `help` says what the value does."""

    key: str
    unit: Unit
    label: str
    article: str
    help: str
    type: Type = Type.INTEGER

    @property
    def is_internal(self) -> bool:
        """True if the regulation says nothing and the pool set the value itself."""
        return self.article == INTERNAL


_WD, _COUNT, _YEARS = Unit.WORKING_DAYS, Unit.COUNT, Unit.YEARS

_ENTRY = (
    Parameter("entry.formal_check_period", _WD, "形式审查期限", INTERNAL, "从收到申请起，中心完成形式审查的期限"),
    Parameter("entry.supplement_period", _WD, "补正期限", INTERNAL, "通知补正后，申请人交齐材料的期限"),
    Parameter("entry.qualification_period", _WD, "资格审查期限", INTERNAL, "办法未定审查期限，局内完成资格审查的期限"),
    Parameter("entry.confirmation_period", _WD, "名单复核期限", INTERNAL, "拟入库名单由第二人复核的期限"),
    Parameter("entry.publish_period", _WD, "拟写公示期限", INTERNAL, "列入拟入库名单后，拟写公示并发布的期限"),
    Parameter("entry.appointment_period", _WD, "聘任办理期限", INTERNAL, "公示期结束后办结聘任的期限"),
    Parameter("entry.max_age", _YEARS, "年龄上限", "第十一条（一）5", "按周岁计，满此岁数仍可申请"),
    Parameter("entry.age_exemptions", Unit.NONE, "不受年龄限制的人员", "第十一条（一）5", "须有证明", Type.TEXTS),
    Parameter("entry.doctor_years", _YEARS, "博士从业年限", "第十一条（二）4", "信息化相关专业博士毕业须满的年数"),
    Parameter("entry.master_years", _YEARS, "硕士从业年限", "第十一条（二）4", "信息化相关专业硕士毕业须满的年数"),
    Parameter("entry.bachelor_years", _YEARS, "本科从业年限", "第十一条（二）4", "信息化相关专业本科毕业须满的年数"),
    Parameter(
        "entry.priority_certificates", Unit.NONE, "优先入库的职称", "第十一条（二）5", "只排次序，不作条件", Type.TEXTS
    ),
    Parameter("entry.directions", Unit.NONE, "技术方向", "附件", "申报表所列技术方向，依原表次序", Type.TEXTS),
    Parameter(
        "entry.direction_fields",
        Unit.NONE,
        "技术方向对应领域",
        "第十一条（二）3",
        "申报表的方向与条文所列领域的对照；空表示待定",
        Type.MAPPING,
    ),
    Parameter("entry.max_directions", _COUNT, "技术方向上限", "附件", "最多可选的技术方向"),
    Parameter("entry.unit_natures", Unit.NONE, "单位性质", "附件", "申报表所列单位性质，依原表次序", Type.TEXTS),
    Parameter("entry.work_years_min_age", _YEARS, "起算从业的年龄", INTERNAL, "从事专业年限不超过年龄减去此数"),
    Parameter("entry.max_text", Unit.CHARACTERS, "经历表述上限", INTERNAL, "专业相关经历、评审情况的字数上限"),
    Parameter("entry.photo_max_kb", Unit.KILOBYTES, "照片大小上限", INTERNAL, "二寸免冠电子照片的文件大小"),
    Parameter("entry.photo_width", Unit.PIXELS, "照片宽", INTERNAL, "二寸照片 35 毫米，每英寸 300 点"),
    Parameter("entry.photo_height", Unit.PIXELS, "照片高", INTERNAL, "二寸照片 49 毫米，每英寸 300 点"),
    Parameter("entry.photo_tolerance", Unit.PERCENT, "照片尺寸容差", INTERNAL, "宽、高允许的偏差"),
    Parameter("entry.file_max_kb", Unit.KILOBYTES, "材料大小上限", INTERNAL, "每份申请材料的文件大小"),
    Parameter("entry.draft_days", Unit.DAYS, "草稿保留期", INTERNAL, "未提交的申请草稿保留的天数"),
    Parameter("entry.identity_file_days", Unit.DAYS, "身份证件保留期", INTERNAL, "办结后删除身份证件扫描件前的天数"),
    Parameter("entry.code_minutes", Unit.MINUTES, "验证码有效期", INTERNAL, "续填、查询用验证码的有效时间"),
)

_PUBLICITY = (
    Parameter("publicity.period", _WD, "公示期", "第十二条（三）", "公布当日不计，从次一工作日起算"),
    Parameter("publicity.mail_grace", _WD, "邮寄异议等候期", INTERNAL, "公示期满后为在途邮件等候的工作日，可为 0"),
    Parameter("publicity.office_close", Unit.CLOCK, "窗口下班时间", INTERNAL, "当面送达以此为当日截止", Type.TIME),
)

_OBJECTION = (
    Parameter("objection.acceptance_period", _WD, "受理期限", INTERNAL, "收到异议后决定是否受理；期满未答复视为受理"),
    Parameter("objection.decision_period", _WD, "异议处理期限", "第十二条（三）", "从受理之日起作出处理决定的期限"),
    Parameter("objection.warning_first", _WD, "异议首次预警", INTERNAL, "受理后第几个工作日提醒办理人"),
    Parameter("objection.warning_second", _WD, "异议再次预警", INTERNAL, "受理后第几个工作日提醒办理人和负责人"),
)

_TERM = (
    Parameter("term.years", _YEARS, "聘期", "第十三条", "从聘任之日起，到期满之年对应日的前一日止"),
    Parameter("renewal.reminder_days", Unit.DAYS, "续聘提醒", INTERNAL, "聘期届满前多少日开始办理续聘"),
    Parameter("reentry.bar_years", _YEARS, "再次申请间隔", "第十五条", "从出库之日起不得申请入库的年数"),
    Parameter("reentry.voluntary_bar_years", _YEARS, "自愿退出后间隔", "第八条（一）4", "自愿退出不是解聘，间隔可为 0"),
    Parameter(
        "reentry.principle_grounds", Unit.NONE, "原则上不再选聘的情形", "第十五条", "第十四条的项，须特批", Type.TEXTS
    ),
    Parameter("account.activation_days", Unit.DAYS, "账号开通期", INTERNAL, "聘任后专家账号开通链接的有效天数"),
)

_HOURS, _PERSONS = Unit.HOURS, Unit.PERSONS

_SELECTION = (
    Parameter("selection.activity_kinds", Unit.NONE, "评审活动类型", "第二条", "可选的评审活动类型", Type.TEXTS),
    Parameter("selection.panel_sizes", _PERSONS, "评审小组人数", "第十七条", "可选的小组人数，均为单数", Type.NUMBERS),
    Parameter("selection.panel_min", _PERSONS, "小组最少人数", "第十七条", "少于此数不得组成评审小组"),
    Parameter(
        "selection.designated_share", Unit.NONE, "指定专家占比的分母", "第十九条（三）",
        "指定专家不超过小组人数除以此数，向下取整",
    ),
    Parameter("selection.security_min", _PERSONS, "安全专家最少人数", "第十七条", "少于此数须分管领导同意并说明理由"),
    Parameter(
        "selection.security_directions", Unit.NONE, "安全相关方向", "第十七条",
        "按这些方向占席的专家计为安全相关领域专家", Type.TEXTS,
    ),
    Parameter(
        "selection.category_directions", Unit.NONE, "可抽取的专业类别", "第十六条",
        "评审小组可设的类别；其他在归类之前不参加抽取", Type.TEXTS,
    ),
    Parameter(
        "selection.classified_directions", Unit.NONE, "涉密评审方向", "第十一条（二）6",
        "入库时核实过涉密经历的方向；涉密评审只抽取有此方向的专家", Type.TEXTS,
    ),
    Parameter("selection.employment_years", _YEARS, "任职回避年限", INTERNAL, "近若干年内在应回避单位任过职的不抽取"),
    Parameter("selection.clash_hours", _HOURS, "时间冲突范围", INTERNAL, "开始时间相距不足此数的两场评审视为冲突"),
    Parameter("selection.draw_earliest", _WD, "抽取最早提前", INTERNAL, "早于评审前此数抽取的提醒"),
    Parameter("selection.draw_latest", _WD, "抽取最晚提前", "第十九条（二）", "晚于评审前此数抽取的提醒"),
    Parameter(
        "selection.hard_stop", _HOURS, "停止抽取", INTERNAL, "距评审开始不足此数不再抽取：两次答复加请假所需的时间"
    ),
    Parameter(
        "selection.redraws_without_leader", Unit.TIMES, "自行重抽次数", INTERNAL, "超过此数的重新抽取须分管领导审批"
    ),
    Parameter(
        "selection.max_written_recusals", Unit.COUNT, "书面回避提示数", INTERNAL,
        "项目单位提出的回避超过此数时报分管领导",
    ),
    Parameter(
        "selection.largest_unit_warning", Unit.PERCENT, "单位集中提示", INTERNAL, "合格人选中一个单位超过此比例时提示"
    ),
    Parameter(
        "selection.names_shown_before", Unit.MINUTES, "姓名公开提前", INTERNAL, "评审开始前多久向组织部门显示专家姓名"
    ),
    Parameter("selection.contribution_max", Unit.BYTES, "随机值长度上限", INTERNAL, "组织方、监督人所给随机值的长度"),
)

_INVITATION = (
    Parameter("invitation.reply_period", _HOURS, "答复期限", "第十九条（五）", "通知送交后答复的时间，超过才算逾期"),
    Parameter("invitation.window_opens", Unit.CLOCK, "邀请最早时间", INTERNAL, "早于此时的邀请等到此时发出", Type.TIME),
    Parameter(
        "invitation.window_closes", Unit.CLOCK, "邀请最晚时间", INTERNAL,
        "晚于此时的邀请次日发出，名单也不再确认", Type.TIME,
    ),
    Parameter(
        "invitation.combined_before", _HOURS, "合并通知的时间", INTERNAL, "距评审开始不足此数的邀请与详情合为一次通知"
    ),
    Parameter("leave.notice", _HOURS, "请假提前", "第二十条", "晚于评审前此数的请假记为迟请假"),
    Parameter("designation.approval_period", _WD, "指定专家审批期限", INTERNAL, "期满未批的名额转入抽取"),
    Parameter("designation.past_months", Unit.MONTHS, "指定记录回看", INTERNAL, "审批时列出本部门近几个月的指定记录"),
    Parameter(
        "duty.idle_invitations", Unit.TIMES, "未履职的邀请次数", "第十四条（四）",
        "一年内接到此数邀请而实际履职为零的启动核查",
    ),
    Parameter(
        "duty.count_months", Unit.MONTHS, "履职计数期", "第十四条（四）", "接到邀请和实际履职的次数按最近若干个月计"
    ),
    Parameter("activity.reschedule_keep", _WD, "改期保留专家", INTERNAL, "改期不超过此数的，保留已接受的专家"),
)

REGISTER: tuple[Parameter, ...] = _ENTRY + _PUBLICITY + _OBJECTION + _TERM + _SELECTION + _INVITATION

_BY_KEY = {parameter.key: parameter for parameter in REGISTER}


def parameter(key: str) -> Parameter:
    """The declaration of `key`.

    :raises UnknownParameter: the register has no such key.
    """
    try:
        return _BY_KEY[key]
    except KeyError:
        raise UnknownParameter(key) from None
