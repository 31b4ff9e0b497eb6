"""5 to 7 working days by parameter, no diagram touched: new applications follow it, running ones keep theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from app.core import clock
from app.core.errors import Conflict
from app.jobs.due import run_until_quiet
from app.procedures.publicity import queries
from app.procedures.publicity import service as publicity
from app.regulations import changes, rule_set_to_show
from app.regulations.changes import Proposal
from app.web.publicity.publishing import rules_of_batch
from app.workflow import definitions, tasks
from app.workflow.rule_use import use_of
from tests.services.procedures.people import notice
from tests.services.procedures.whole_cases.office import Office
from tests.services.workflow.world import in_transaction
from tests.unit.procedures.forms import id_number

Travel = Callable[[str], datetime]


class ChangingOffice(Office):
    """The office that publishes as the page does, by the rules of the cases."""

    def publish(self, *numbers: str) -> str:
        ids = [self.task(self.case(number).id, "publish_notice").id for number in numbers]

        def act() -> str:
            rules = rules_of_batch(numbers)
            batch = publicity.create_batch(numbers, notice(), actor=self["clerk"], now=clock.now(), rules=rules)
            for task_id in ids:
                tasks.complete(task_id, {"batch_no": batch.number}, self["clerk"], None)
            return batch.number

        return in_transaction(act)

    def change(self, value: int, day: date) -> None:
        """The owner proposes, the leader approves."""
        wanted = Proposal("publicity.period", value, day, "晋政信发〔2026〕12号", "异议增多")
        number = in_transaction(lambda: changes.propose(wanted, self["owner"], clock.now()))
        in_transaction(lambda: changes.approve(number, self["leader"], clock.now()))


@pytest.fixture
def office(any_database: Any) -> ChangingOffice:
    return ChangingOffice()


def test_the_next_application_is_published_seven_days_and_the_running_one_five(
    office: ChangingOffice, travel: Travel
) -> None:
    versions = [(one.key, one.version, one.content_hash) for one in definitions.current()]
    running = office.apply()
    office.change(7, date(2026, 3, 3))
    use = use_of("publicity.period")
    assert [(one.words, one.count) for one in use.cases] == [("5个工作日", 1)]

    travel("2026-03-03 09:00")
    fresh = office.apply(identity__id_number=id_number("19800101"))
    office.to_list(running, fresh)
    with pytest.raises(Conflict, match="5个工作日、7个工作日，请分批公示"):
        office.publish(running, fresh)
    old_batch, new_batch = office.publish(running), office.publish(fresh)
    shown = rule_set_to_show(clock.today())
    assert queries.board(old_batch, shown, clock.now()).last_day == date(2026, 3, 10)
    assert queries.board(new_batch, shown, clock.now()).last_day == date(2026, 3, 12)

    office.pass_time(travel, "2026-03-11 00:00")
    assert (office.state(running), office.state(fresh)) == ("已入库", "拟入库")
    office.pass_time(travel, "2026-03-12 23:59")
    assert office.state(fresh) == "拟入库"
    office.pass_time(travel, "2026-03-13 00:00")
    assert office.state(fresh) == "已入库"
    assert [(one.key, one.version, one.content_hash) for one in definitions.current()] == versions
    run_until_quiet(clock.now())


def test_where_a_parameter_is_used_is_told_by_element_and_deadline(office: ChangingOffice) -> None:
    number = office.apply()
    use = use_of("entry.formal_check_period")
    (place,) = use.places
    assert (place.process_key, place.kind, place.name) == ("expert_entry", "任务", "形式审查")
    assert use.deadline_count == 1
    assert (use.deadlines[0].business_key, use.deadlines[0].name) == (number, "形式审查")
    assert [place.kind for place in use_of("selection.contribution_max").places] == ["表单"]
    assert use_of("entry.photo_width").places == ()
