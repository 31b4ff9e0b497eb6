"""The glossary: what the code calls a thing -> what the regulation and the pages call it (chiefly 第一章至第六章).

Templates, notices and the audit page take their words here, so that they cannot drift apart.
"""

from __future__ import annotations

#: Terms of the code -> 中文. Where the regulation has a word, it is the regulation's.
GLOSSARY: dict[str, str] = {
    "activity": "评审活动",
    "adjusted_day": "调休上班日",
    "annual_evaluation": "年度评价",
    "applicant": "申请人",
    "application": "入库申请",
    "appointment": "聘任",
    "appointment_letter": "聘书",
    "article": "条款",
    "assignee": "办理人",
    "audit_trail": "操作留痕",
    "boundary_event": "边界事件",
    "business_key": "业务编号",
    "candidate_group": "候选组",
    "case": "办件",
    "certificate": "抽取证书",
    "claim": "领取",
    "comment": "意见",
    "confirmation": "专家确认",
    "countersign": "加签",
    "deadline": "时限",
    "decision_table": "决策表",
    "decline": "拒绝",
    "delegate": "委托",
    "department_leader": "分管领导",
    "designated_expert": "指定专家",
    "designation_approval": "指定专家审批",
    "direction": "技术方向",
    "dismissal": "解聘出库",
    "done_list": "已办",
    "entry_bar": "禁入期",
    "expert": "专家",
    "expert_pool": "专家库",
    "form": "表单",
    "formal_check": "形式审查",
    "gateway": "网关",
    "inbox": "待办",
    "incident": "故障",
    "invitation": "评审邀请",
    "lane": "泳道",
    "leave": "请假",
    "long_leave": "长期请假",
    "manual_selection": "人工遴选",
    "member": "成员",
    "message_event": "消息事件",
    "notice": "通知",
    "objection": "异议",
    "objector": "异议申请人",
    "operation": "操作",
    "operations_catalogue": "操作目录",
    "opinion": "评审意见",
    "organiser": "评审组织部门",
    "outbox": "发件箱",
    "panel": "评审小组",
    "panel_leader": "评审小组组长",
    "process_definition": "流程定义",
    "process_instance": "流程实例",
    "proposed_list": "拟入库专家名单",
    "publicity": "公示",
    "publicity_batch": "公示批次",
    "publish": "发布",
    "qualification_review": "资格审查",
    "random_draw": "系统抽取",
    "reason": "原因",
    "recusal": "回避",
    "regulation_parameter": "制度参数",
    "remind": "催办",
    "renewal": "续聘",
    "replacement": "补充专家",
    "return": "退回",
    "reveal": "查看完整信息",
    "reviewer": "审查人",
    "rule_set": "规则版本",
    "ruling": "异议处理决定",
    "scenario": "场景",
    "selection_conditions": "抽取条件",
    "service_task": "服务任务",
    "supplement": "补正",
    "suspension": "暂停",
    "term": "聘期",
    "timer_event": "定时事件",
    "transfer": "转办",
    "trial_run": "试运行",
    "unit": "单位",
    "user_task": "用户任务",
    "version": "版本",
    "void": "作废",
    "withdraw": "撤回",
    "working_day": "工作日",
}

#: Kinds of subjects in the audit trail -> 中文.
SUBJECTS: dict[str, str] = {
    "application": "入库申请",
    "audit": "操作留痕",
    "batch": "公示批次",
    "case": "办件",
    "clock": "演示时钟",
    "definition": "流程定义",
    "expert": "专家",
    "file": "文件",
    "form": "表单",
    "incident": "故障",
    "instance": "流程实例",
    "notice": "通知",
    "objection": "异议",
    "outbox": "通知",
    "proposed": "拟入库人选",
    "rule_set": "规则版本",
    "task": "任务",
    "term": "聘期",
    "unit": "单位",
    "user": "账号",
    "workday": "工作日",
}

#: Acts in the audit trail -> 中文.
ACTIONS: dict[str, str] = {
    "account.admit_account": "接收账号",
    "account.disable_account": "停用账号",
    "account.drop_second_factor": "停用动态验证码",
    "account.end_sessions": "结束会话",
    "account.grant_roles": "授予角色",
    "account.open_account": "开立账号",
    "account.open_expert_account": "开立专家账号",
    "account.read_account": "查看账号",
    "account.remove_second_factor": "解除动态验证码",
    "account.renew_link": "重发首次登录链接",
    "account.set_password": "设置密码",
    "account.set_second_factor": "启用动态验证码",
    "account.unlock_account": "解除锁定",
    "audit.verify_trail": "校验留痕",
    "file.add_file": "上传文件",
    "file.delete_file": "删除文件",
    "file.read_file": "查看文件",
    "personal.reveal": "查看完整个人信息",
    "session.lock_account": "锁定账号",
    "session.refuse_sign_in": "登录未成功",
    "session.sign_in": "登录",
    "session.sign_out": "退出",
}


#: Fields whose old and new values the audit trail holds -> 中文.
FIELDS: dict[str, str] = {
    "email": "电子邮箱",
    "login": "账号",
    "name": "姓名",
    "owner": "所属",
    "phone": "手机号码",
    "purpose": "用途",
    "roles": "角色",
    "sha256": "校验值",
    "size": "字节数",
    "state": "状态",
    "unit": "单位",
}


def field(code: str) -> str:
    """The Chinese word of a recorded field; an unknown one is shown as it is."""
    return FIELDS.get(code, code)


def term(code: str) -> str:
    """The Chinese word of a term of the code.

    :raises KeyError: the glossary does not know it.
    """
    return GLOSSARY[code]


def action(code: str) -> str:
    """The Chinese words of an act; an unknown one is shown as it is."""
    return ACTIONS.get(code, code)


def subject(code: str) -> str:
    """The Chinese word of a kind of subject; an unknown one is shown as it is."""
    return SUBJECTS.get(code, code)
