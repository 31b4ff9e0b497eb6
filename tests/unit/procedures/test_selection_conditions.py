"""What the regulation asks of the conditions of a draw: seats, security, the designated, recusals, times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.errors import Invalid
from app.procedures.selection.rules import contributions
from app.procedures.selection.rules.activity import ActivityDraft, check_activity
from app.procedures.selection.rules.conditions import (
    ConditionsDraft,
    DesignationDraft,
    Designee,
    Facts,
    Finding,
    RecusalDraft,
    Seat,
    approval_reasons,
    categories_of,
    check,
    most_designated,
    require,
)
from app.procedures.selection.rules.sealing import conditions_of, designated_seats, fingerprint, open_seats
from app.procedures.selection.rules.timing import check_times
from app.procedures.selection.rules.words import share_words
from app.regulations.bounds import bounds
from app.regulations.parameters import parameter
from app.regulations.rule_sets import shipped_rules

RULES = shipped_rules()
#: Monday; the review is on Thursday.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)
STARTS_AT = datetime(2026, 3, 5, 9, 0, tzinfo=clock.ZONE)
SECURITY, SOFTWARE, COST = "网络与信息安全", "软件与应用", "成本评估"
ORGANISER, LEADER, WITNESS = 1, 2, 3
DRAFT = ConditionsDraft(5, {SECURITY: 2, SOFTWARE: 2, COST: 1})
FACTS = Facts(STARTS_AT, ORGANISER, LEADER)


def designee(number: int, **changes: Any) -> Designee:
    made = Designee(
        expert_id=number, name=f"专家{number}", unit_id=100 + number, unit_name=f"单位{number}", in_pool=True,
        in_term=True, available=True, directions=frozenset({SOFTWARE}), user_id=1000 + number,
    )  # fmt: skip
    return replace(made, **changes)


def asked(number: int, category: str = SOFTWARE, reason: str = "熟悉该系统") -> DesignationDraft:
    return DesignationDraft(number, category, reason)


def with_designees(*people: Designee, **changes: Any) -> Facts:
    return replace(FACTS, designees={one.expert_id: one for one in people}, **changes)


def bad(draft: ConditionsDraft, facts: Facts = FACTS) -> dict[str, str]:
    """Field -> message of everything refused."""
    try:
        require(check(draft, facts, RULES))
    except Invalid as refused:
        return refused.errors
    return {}


def found(code: str, draft: ConditionsDraft, facts: Facts = FACTS) -> Finding:
    return next(one for one in check(draft, facts, RULES) if one.code == code)


def test_good_conditions_say_which_rules_hold() -> None:
    assert bad(DRAFT) == {}
    words = {one.code: (one.message, one.article) for one in check(DRAFT, FACTS, RULES)}
    assert words["SIZE"] == ("5 人，单数，不少于 5 人", "第十七条")
    assert words["SECURITY"] == ("安全相关 2 人，不少于 1 人", "第十七条")


@pytest.mark.parametrize(
    ("size", "says"),
    [(3, "不少于 5 人"), (4, "不少于 5 人"), (6, "双数，须为单数"), (17, "最多 15 人"), (0, "不少于 5 人"),
     (-5, "不少于 5 人")],
)  # fmt: skip
def test_a_panel_is_odd_and_has_five_to_fifteen(size: int, says: str) -> None:
    assert says in bad(replace(DRAFT, panel_size=size, quota={SECURITY: max(size, 0)}))["panel_size"]


@pytest.mark.parametrize("size", [5, 7, 9, 11, 13, 15])
def test_every_allowed_size_is_taken(size: int) -> None:
    assert bad(replace(DRAFT, panel_size=size, quota={SECURITY: size})) == {}


def test_the_seats_are_as_many_as_the_panel() -> None:
    assert "抽取 4 席，比专家人数 5 少 1 席" in bad(replace(DRAFT, quota={SECURITY: 4}))["quota"]
    assert "多 2 席" in bad(replace(DRAFT, quota={SECURITY: 7}))["quota"]
    one = replace(DRAFT, designations=(asked(1),))
    assert "抽取 5 席、指定 1 席，比专家人数 5 多 1 席" in bad(one, with_designees(designee(1)))["quota"]


def test_categories_are_directions_that_can_be_drawn() -> None:
    assert "“其他”不能作为抽取的类别" in bad(replace(DRAFT, quota={SECURITY: 4, "其他": 1}))["quota"]
    assert "不小于 0" in bad(replace(DRAFT, quota={SECURITY: 6, COST: -1}))["quota"]


def test_a_draw_has_at_most_eight_categories() -> None:
    names = [name for name in RULES.texts("selection.category_directions") if name != SECURITY][:8]
    nine = replace(DRAFT, panel_size=9, quota={SECURITY: 1, **dict.fromkeys(names, 1)})
    assert "共 9 个类别，一次抽取最多 8 个" in bad(nine)["quota"]


def test_a_panel_has_a_security_expert_or_a_reason_that_the_leader_accepts() -> None:
    none = replace(DRAFT, quota={SOFTWARE: 3, COST: 2})
    assert "不少于 1 名" in bad(none)["security_waiver"]
    assert approval_reasons(none, FACTS, RULES) == ()
    waived = replace(none, security_waiver="本项目不涉及网络")
    assert bad(waived) == {}
    assert found("SECURITY_WAIVED", waived).level == "warn"
    assert approval_reasons(waived, FACTS, RULES) == ("不设安全相关领域专家：本项目不涉及网络",)


@pytest.mark.parametrize("direction", ["网络与信息安全", "密码应用", "保密"])
def test_a_security_seat_may_be_drawn_or_designated(direction: str) -> None:
    assert bad(replace(DRAFT, quota={SOFTWARE: 4, direction: 1})) == {}
    one = replace(DRAFT, quota={SOFTWARE: 4}, designations=(asked(1, direction),))
    assert bad(one, with_designees(designee(1, directions=frozenset({direction})))) == {}


@pytest.mark.parametrize("direction", ["涉密工程", "审计"])
def test_neighbouring_fields_are_no_security(direction: str) -> None:
    assert "security_waiver" in bad(replace(DRAFT, quota={SOFTWARE: 4, direction: 1}))


def test_a_waiver_that_is_not_needed_asks_nobody() -> None:
    assert approval_reasons(replace(DRAFT, security_waiver="多余"), FACTS, RULES) == ()


@pytest.mark.parametrize(("size", "most"), [(5, 1), (7, 2), (9, 3), (11, 3), (13, 4), (15, 5)])
def test_a_third_may_be_designated_rounded_down(size: int, most: int) -> None:
    assert most_designated(size, RULES) == most
    people = [designee(number) for number in range(1, most + 2)]
    over = ConditionsDraft(size, {SECURITY: size - most - 1}, tuple(asked(one.expert_id) for one in people))
    assert f"最多指定 {most} 人" in bad(over, with_designees(*people))["designations"]
    just = ConditionsDraft(size, {SECURITY: size - most}, over.designations[:-1])
    assert bad(just, with_designees(*people)) == {}


def one_designated(person: Designee, **changes: Any) -> dict[str, str]:
    draft = replace(DRAFT, quota={SECURITY: 2, SOFTWARE: 1, COST: 1}, designations=(asked(1),))
    return bad(replace(draft, **changes), with_designees(person))


def test_somebody_outside_the_pool_cannot_be_designated() -> None:
    assert one_designated(designee(1)) == {}
    assert "不在专家库中" in one_designated(designee(1, in_pool=False))["designations.0.expert"]
    typed = (DesignationDraft(None, SOFTWARE, "理由", "王某"),)
    assert "“王某”不在专家库中" in one_designated(designee(1), designations=typed)["designations.0.expert"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"in_term": False}, "不在聘期内"),
        ({"available": False}, "请假或暂停"),
        ({"recused": "所在单位是回避单位"}, "须回避：所在单位是回避单位"),
        ({"user_id": ORGANISER}, "组织人或分管领导"),
        ({"user_id": LEADER}, "组织人或分管领导"),
        ({"clashes": True}, "不能参加本次评审"),
    ],
)
def test_who_could_not_be_drawn_cannot_be_designated(changes: dict[str, Any], says: str) -> None:
    assert says in one_designated(designee(1, **changes))["designations.0.expert"]


def test_a_designation_has_a_reason_and_a_category_that_fits() -> None:
    refused = one_designated(designee(1), designations=(asked(1, COST, " "),))
    assert "没有“成本评估”" in refused["designations.0.category"]
    assert refused["designations.0.reason"] == "指定理由：请填写"


def test_two_of_one_unit_are_not_designated_together() -> None:
    draft = ConditionsDraft(7, {SECURITY: 5}, (asked(1), asked(2)))
    same = with_designees(designee(1), designee(2, unit_id=101, unit_name="单位1"))
    assert bad(draft, same) == {"designations.1.expert": "指定专家：专家2 与专家1同属单位1"}
    assert bad(draft, with_designees(designee(1), designee(2))) == {}


def test_the_unit_of_somebody_who_sits_already_is_taken() -> None:
    kept = with_designees(designee(1), kept=(Seat(101, SECURITY),))
    draft = replace(DRAFT, quota={SECURITY: 4}, designations=(asked(1),))
    said = bad(draft, kept)["designations.0.expert"]
    assert said == "指定专家：专家1 不能参加本次评审，请另选一人", "and not whose unit sits (no. 54)"


def test_nobody_is_designated_twice() -> None:
    draft = ConditionsDraft(7, {SECURITY: 5}, (asked(1), asked(1)))
    assert "已在名单中" in bad(draft, with_designees(designee(1)))["designations.1.expert"]


def test_a_classified_review_designates_only_the_verified() -> None:
    draft = replace(DRAFT, quota={SECURITY: 4}, designations=(asked(1),))
    refused = bad(draft, with_designees(designee(1), classified=True))
    assert "涉密经历未经核实" in refused["designations.0.expert"]
    assert bad(draft, with_designees(designee(1, classified_verified=True), classified=True)) == {}


def test_recusals_name_one_unit_or_person_and_why() -> None:
    draft = replace(DRAFT, recusals=(RecusalDraft("participant", "", unit_id=1), RecusalDraft("other", "近亲属")))
    assert bad(draft) == {"recusals.0.reason": "回避原因：请填写", "recusals.1.who": "回避：请选择单位或专家"}


def test_many_written_recusals_are_reported_and_never_refused() -> None:
    three = tuple(RecusalDraft("written", "书面提出", expert_id=number) for number in range(3))
    assert not [one for one in check(replace(DRAFT, recusals=three), FACTS, RULES) if one.code == "WRITTEN_MANY"]
    four = (*three, RecusalDraft("written", "书面提出", expert_id=9))
    assert found("WRITTEN_MANY", replace(DRAFT, recusals=four)).level == "warn"
    assert bad(replace(DRAFT, recusals=four)) == {}


def test_from_the_second_redraw_on_the_leader_approves() -> None:
    again = replace(DRAFT, redraw_reason="人选不足")
    assert approval_reasons(again, replace(FACTS, draws=1), RULES) == ()
    assert approval_reasons(again, replace(FACTS, draws=2), RULES) == ("第 3 次抽取：人选不足",)
    assert bad(DRAFT, replace(FACTS, draws=1)) == {"redraw_reason": "重新抽取的原因：请填写"}


def test_a_review_entered_anew_after_draws_were_called_off_counts_them() -> None:
    once, twice = replace(FACTS, called_off=1), replace(FACTS, called_off=2)
    words = "本部门对同一项目单位的评审已有 2 次抽取后取消"
    assert (found("CALLED_OFF", DRAFT, twice).level, found("CALLED_OFF", DRAFT, twice).message) == ("warn", words)
    assert approval_reasons(DRAFT, once, RULES) == ()
    assert approval_reasons(DRAFT, twice, RULES) == (words,)


def test_seats_of_kept_members_are_not_drawn_again() -> None:
    kept = replace(FACTS, draws=1, kept=(Seat(1, SECURITY), Seat(2, SOFTWARE)))
    again = replace(DRAFT, redraw_reason="人选不足")
    assert bad(again, kept) == {}
    assert open_seats(again, kept) == {SECURITY: 1, SOFTWARE: 1, COST: 1}
    fewer = replace(again, quota={SECURITY: 4, COST: 1})
    assert "席位数不能少于 1" in bad(fewer, kept)[f"quota.{SOFTWARE}"]


def test_the_category_of_a_designated_seat_belongs_to_the_draw_since_it_may_open() -> None:
    draft = replace(DRAFT, quota={SECURITY: 4}, designations=(asked(1),))
    assert categories_of(draft, with_designees(designee(1)), RULES) == (SOFTWARE, SECURITY)
    assert designated_seats(draft, with_designees(designee(1))) == {SOFTWARE: 1}


@pytest.mark.parametrize(
    ("now", "code", "level"),
    [
        ("2026-03-05 09:00", "TIME_PAST", "bad"),
        ("2026-03-05 02:01", "TIME_STOP", "bad"),
        ("2026-03-05 02:00", "TIME_LATE", "warn"),
        ("2026-03-04 09:00", "TIME", "ok"),
        ("2026-02-27 09:00", "TIME", "ok"),  # the Saturday of 28 February is a working day
        ("2026-02-26 09:00", "TIME_EARLY", "warn"),
    ],
)
def test_a_draw_has_its_window(now: str, code: str, level: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=clock.ZONE)
    last = check_times(STARTS_AT, moment, RULES)[-1]
    assert (last.code, last.level) == (code, level)


def test_a_rest_day_is_warned_of_and_a_make_up_day_is_none() -> None:
    sunday, make_up_saturday = STARTS_AT + timedelta(days=3), datetime(2026, 2, 28, 9, 0, tzinfo=clock.ZONE)
    assert "TIME_REST" in {one.code for one in check_times(sunday, NOW, RULES)}
    assert "TIME_REST" not in {one.code for one in check_times(make_up_saturday, NOW - timedelta(days=5), RULES)}


ACTIVITY = ActivityDraft(
    title="省级数据共享平台二期技术评审", kind="技术评审", project_unit_id=9, contact_phone="0351-7654321",
    leader_id=LEADER, starts_at=STARTS_AT, city="太原", address="迎泽大街 1 号", witness_id=WITNESS,
)  # fmt: skip


def activity_faults(**changes: Any) -> dict[str, str]:
    try:
        require(check_activity(replace(ACTIVITY, **changes), ORGANISER, NOW, RULES))
    except Invalid as refused:
        return refused.errors
    return {}


def test_a_review_is_entered_whole() -> None:
    assert activity_faults() == {}
    empty = ActivityDraft("", "", None, "", None, None, "")
    assert set(activity_faults(**vars(empty))) == {
        "title", "kind", "project_unit", "contact_phone", "leader", "starts_at", "city", "address",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"leader_id": ORGANISER}, "leader"),
        ({"witness_id": ORGANISER}, "witness"),
        ({"witness_id": LEADER}, "witness"),
        ({"half_days": 0}, "half_days"),
        ({"title": "长" * 121}, "title"),
        ({"address": "长" * 161}, "address"),
    ],
)
def test_what_is_refused_of_a_review_is_said_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert set(activity_faults(**changes)) == {field}


def test_without_a_witness_the_record_says_so() -> None:
    findings = check_activity(replace(ACTIVITY, witness_id=None), ORGANISER, NOW, RULES)
    assert any(one.level == "warn" and "未经第二方见证" in one.message for one in findings)


@pytest.mark.parametrize("title", ["某涉密平台技术评审", "SM-2026 项目", "sm-001", "S"])
def test_a_classified_review_has_a_code_number_for_a_title(title: str) -> None:
    assert "只填写代号" in activity_faults(classified=True, title=title, address="")["title"]


def test_a_classified_review_needs_no_address() -> None:
    assert activity_faults(classified=True, title="SM-2026-001", address="") == {}


@pytest.mark.parametrize(
    ("value", "manner", "made"),
    [("a8f051cc", "browser", b"\xa8\xf0\x51\xcc"), ("a8f0 51cc", "browser", b"\xa8\xf0\x51\xcc"),
     ("20260302 见证", "typed", "20260302 见证".encode()), ("x" * 64, "typed", b"x" * 64)],
)  # fmt: skip
def test_a_value_is_hex_of_the_browser_or_typed(value: str, manner: str, made: bytes) -> None:
    assert contributions.read(value, manner, RULES) == made


@pytest.mark.parametrize(
    ("value", "manner", "field"),
    [("", "typed", "value"), ("", "browser", "value"), ("xyz", "browser", "value"), ("x" * 65, "typed", "value"),
     ("见" * 22, "typed", "value"), ("ab", "dice", "manner")],
)  # fmt: skip
def test_a_value_of_another_length_or_kind_is_refused(value: str, manner: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        contributions.read(value, manner, RULES)
    assert set(refused.value.errors) == {field}


def test_sealed_conditions_hold_numbers_and_digests_and_nobody_s_name() -> None:
    draft = replace(
        DRAFT, quota={SECURITY: 2, SOFTWARE: 1, COST: 1}, designations=(asked(1),),
        recusals=(RecusalDraft("participant", "承建单位", unit_id=77),),
    )  # fmt: skip
    facts, counts = with_designees(designee(1)), [{"code": "pool", "removed": 3, "left": 41}]
    made = conditions_of({"activity": "PS-2026-0001"}, draft, facts, counts, bytes(32), RULES)
    assert made["quota"] == {SECURITY: 2, SOFTWARE: 1, COST: 1}
    assert (made["panel_size"], made["designated"], made["kept"]) == (5, 1, 0)
    assert made["filters"] == [["pool", 3, 41]]
    assert "专家1" not in str(made)
    assert len(made["recusals"]) == len(made["designations"]) == 64
    other_salt = conditions_of({"activity": "PS-2026-0001"}, draft, facts, counts, b"x" * 32, RULES)
    assert other_salt["recusals"] != made["recusals"]
    without = conditions_of({"activity": "PS-2026-0001"}, replace(draft, recusals=()), facts, counts, bytes(32), RULES)
    assert without["recusals"] != made["recusals"]


def test_any_change_after_the_submission_shows_but_a_late_recusal() -> None:
    before = fingerprint(DRAFT, FACTS)
    assert fingerprint(replace(DRAFT, titles=("正高",)), FACTS) != before
    assert fingerprint(replace(DRAFT, panel_size=7), FACTS) != before
    assert fingerprint(DRAFT, replace(FACTS, starts_at=STARTS_AT + timedelta(days=1))) != before
    recused = RecusalDraft("written", "书面", unit_id=1)
    assert fingerprint(replace(DRAFT, recusals=(recused,)), FACTS) != before
    assert fingerprint(replace(DRAFT, recusals=(replace(recused, after_lock=True),)), FACTS) == before


def test_every_share_that_may_be_set_is_written_as_the_regulation_writes_it() -> None:
    least, most = bounds(parameter("selection.designated_share"))
    written = [share_words(share) for share in range(least, most + 1)]
    assert (written[2], written[9], written[10], written[19]) == ("三分之一", "十分之一", "十一分之一", "二十分之一")
    assert len(set(written)) == most - least + 1
