"""The variables of notices and letters: what each means, an example for previews, and whether it must be told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """`is_needed`: a section that has it as shipped must keep it, since somebody's right or duty hangs on it."""

    label: str
    example: str
    is_needed: bool = False


_INFORMING = {
    "accepted_on": Variable("受理日期", "3月4日（周三）"),
    "address": Variable("评审地点", "太原市示范路1号第三会议室"),
    "answer": Variable("代记的答复", "接受"),
    "batch": Variable("公示批次号", "GS-2026-002"),
    "begins_on": Variable("委托开始日", "3月5日（周四）"),
    "by": Variable("办理人", "马晓岚"),
    "candidate": Variable("被异议的拟入库专家", "周启明"),
    "candidate_unit": Variable("拟入库专家的单位", "某某大学"),
    "category": Variable("专业类别", "大数据"),
    "cause": Variable("停住的原因", "邮件服务器没有应答"),
    "city": Variable("评审所在城市", "太原市"),
    "contact": Variable("联系电话", "0351-0000000"),
    "count": Variable("人数", "12"),
    "decision": Variable("审批结论", "同意"),
    "draw": Variable("抽取", "第 1 次抽取"),
    "ends_on": Variable("委托结束日", "3月12日（周四）"),
    "expert": Variable("专家姓名", "张敬之"),
    "first_name": Variable("名单第一人", "周启明"),
    "half_day": Variable("评审的半天", "3月10日（周二）上午"),
    "items": Variable("要补的材料，每行一项", "身份证件扫描件\n职称证书"),
    "latest": Variable("最迟的时间", "3月9日（周一）18:00"),
    "limit": Variable("上限", "3"),
    "login": Variable("登录名", "zhoujingming"),
    "name": Variable("收件人姓名", "周启明"),
    "names_from": Variable("姓名显示的时间", "3月10日（周二）08:00"),
    "note": Variable("说明", "以原件为准"),
    "office": Variable("发文单位", "省政务信息管理局"),
    "old_half_day": Variable("原定的半天", "3月9日（周一）上午"),
    "old_starts": Variable("原定时间", "3月9日（周一）09:00"),
    "organiser": Variable("组织部门", "省交通运输厅"),
    "principal": Variable("委托人", "何景行"),
    "project_unit": Variable("项目单位", "省数字政府服务中心"),
    "received": Variable("收到的时间", "3月2日（周一）10:24"),
    "received_on": Variable("收到日期", "3月2日（周一）"),
    "remark": Variable("留言，可以没有", "请今天办结"),
    "raised_on": Variable("提出异议的日期", "2026年3月3日"),
    "seats": Variable("席位", "网络与信息安全 1 席"),
    "shortage": Variable("缺额", "缺 1 席"),
    "task": Variable("待办名称", "资格审查"),
    "unit": Variable("单位", "省交通运输厅"),
    "version": Variable("版本", "2"),
    "when": Variable("时间", "3月2日（周一）10:24"),
    "withdrawn_on": Variable("撤回日期", "3月3日（周二）"),
    "written": Variable("书面提出的内容", "与项目单位有合作关系"),
}
_NEEDED = {
    "activation_path": Variable("开通账号的地址", "/activate/example"),
    "activation_until": Variable("开通的截止日", "3月16日（周一）"),
    "application_number": Variable("入库申请编号", "RK-2026-0147"),
    "code": Variable("验证码", "482913"),
    "conclusion": Variable("处理结论", "异议不成立"),
    "consequence": Variable("处理决定之后怎样", "您的聘任继续办理。"),
    "decide_by": Variable("作出决定的期限", "3月25日（周三）24:00 前"),
    "due": Variable("时限", "3月6日（周五）24:00 前，还剩 4 个工作日"),
    "first_day": Variable("公示第一天", "2026年3月3日"),
    "invitation_path": Variable("答复邀请的地址", "/invitations/example"),
    "last_day": Variable("公示最后一天", "3月9日（周一）"),
    "leave_before": Variable("请假的提前时间", "3小时"),
    "letter_number": Variable("聘书编号", "晋政信聘〔2026〕0031号"),
    "minutes": Variable("有效分钟数", "10"),
    "number": Variable("编号", "RK-2026-0147"),
    "path": Variable("办理页面的地址", "/tasks/example"),
    "period": Variable("公示期", "5个工作日"),
    "reason": Variable("原因", "项目延期"),
    "reasons": Variable("理由，可以多行", "从事专业年限不足。"),
    "reply_by": Variable("答复期限", "3月4日（周三）24:00 前"),
    "reply_within": Variable("答复的时间", "2小时"),
    "short_code": Variable("承诺短码", "7F3A-91C2"),
    "site_address": Variable("公示的网址", "https://example.gov.cn/gs"),
    "starts": Variable("评审时间", "3月10日（周二）09:00"),
    "state_path": Variable("查询办理情况的地址", "/status/RK-2026-0147"),
    "term_end": Variable("聘期最后一天", "2028年3月9日"),
    "term_start": Variable("聘期第一天", "2026年3月10日"),
    "title": Variable("事项名称", "全省政务云扩容项目技术评审"),
    "year": Variable("年份", "2027"),
}
_ALL = {**_INFORMING, **{name: Variable(one.label, one.example, True) for name, one in _NEEDED.items()}}


def variable(name: str) -> Variable:
    """What a variable is; one that nobody explained is shown by its name."""
    return _ALL.get(name) or Variable(name, f"〈{name}〉")


def is_explained(name: str) -> bool:
    """True if the variable has words for people."""
    return name in _ALL
