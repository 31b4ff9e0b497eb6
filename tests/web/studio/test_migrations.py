"""Pages of comparison and migration: two versions, the dry run, the confirmation, the batch, undoing one case."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from app.core.transaction import transaction
from app.workflow import definitions
from app.workflow.migration import carrying
from app.workflow.releases import drafts
from tests.services.workflow.moving_cases import move
from tests.services.workflow.world import World, in_transaction
from tests.unit.engine import diagrams as d
from tests.web.office import KEY, Office, entry_test

HERE = f"/studio/processes/{KEY}"


def second_review() -> bytes:
    """The office's process with a second review after the first."""
    text = entry_test().decode()
    flow = re.search(r'<bpmn:sequenceFlow id="(\w+)" sourceRef="qualification_review" targetRef="confirm_list">', text)
    assert flow is not None
    text = text.replace(flow.group(0), flow.group(0).replace('"confirm_list"', '"second_review"'))
    task = (
        '<bpmn:userTask id="second_review" name="二次审查" camunda:formKey="test/confirm_list" '
        f'camunda:candidateGroups="bureau_reviewer"><bpmn:incoming>{flow.group(1)}</bpmn:incoming>'
        "<bpmn:outgoing>flow_second</bpmn:outgoing></bpmn:userTask>"
    )
    onward = '<bpmn:sequenceFlow id="flow_second" sourceRef="second_review" targetRef="confirm_list"/>'
    arriving = "<bpmn:incoming>{}</bpmn:incoming>"
    text = text.replace(arriving.format(flow.group(1)), arriving.format("flow_second"), 1)
    head, parted, tail = text.partition("<bpmn:sequenceFlow")
    tail = tail.replace("</bpmn:process>", f"{onward}</bpmn:process>")
    return f"{head}{task}{parted}{tail}".encode()


def publish_second(world: World) -> None:
    """Version 2: a second review, and a form with another title."""
    old = definitions.latest(KEY)
    forms = {key: text.replace('"办理"', '"办理（新）"') for key, text in old.forms.items()}
    in_transaction(lambda: definitions.deploy(KEY, second_review(), {}, forms, None, world["owner"]))


@pytest.fixture
def cases(office: Office) -> tuple[int, int]:
    """A case before the change and one behind it, and a second version."""
    ahead, (behind, _) = office.case("RK-2026-0001"), office.reviewed("RK-2026-0002")
    office.inside(lambda world: world.complete(behind, "qualification_review", "reviewer"))
    office.inside(publish_second)
    return ahead, behind


def post(office: Office, address: str, **form: object) -> TestResponse:
    """As the process owner."""
    return office.client("owner").post(address, data=form)


def migrate(office: Office, *instances: int) -> str:
    """A confirmed migration from version 1 to 2; gives the address of its page."""
    chosen = {"from": "1", "to": "2", "instance": [str(one) for one in instances]}
    sent = {**chosen, "reason": "加一道复核", "confirmed": "1"}
    answer = post(office, f"{HERE}/migrations", **sent)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


# --- comparing ----------------------------------------------------------------------------------------------------


def test_two_versions_are_compared_in_words_without_script(office: Office, cases: tuple[int, int]) -> None:
    page = office.client("owner").get(f"{HERE}/compare?from=1&to=2")

    assert page.status_code == 200
    assert "第 1 版与第 2 版比较" in page.text
    assert "用户任务“二次审查”" in page.text
    assert "表单“办理（新）”：修改 1 处" in page.text
    assert "&#34;second_review&#34;: &#34;added&#34;" in page.text or '"second_review": "added"' in page.text
    for number in (1, 2):
        assert f"/studio/processes/{KEY}/versions/{number}/diagram.bpmn" in page.text


def test_a_draft_is_compared_with_its_base(office: Office, cases: tuple[int, int]) -> None:
    assert office.client("owner").get(f"{HERE}/compare?from=1&to=draft").status_code == 404

    def begin(world: World) -> None:
        with transaction():
            draft = drafts.begin(KEY, world["owner"])
            xml = draft.xml.replace("二次审查", "再次审查")
            drafts.save(draft.id, draft.rev, drafts.DraftChange(xml=xml), world["owner"])

    office.inside(begin)
    page = office.client("owner").get(f"{HERE}/compare?from=2&to=draft").text
    assert "名称：“二次审查”改为“再次审查”" in page
    assert "与草稿比较" in page


def test_the_same_version_has_no_differences_and_unknown_ones_are_not_found(office: Office) -> None:
    client = office.client("owner")

    assert "两个版本没有差别" in client.get(f"{HERE}/compare?from=1&to=1").text
    assert client.get(f"{HERE}/compare").status_code == 200
    for query in ("from=7&to=1", "from=x&to=1", "from=1&to=-1"):
        assert client.get(f"{HERE}/compare?{query}").status_code == 404
    assert client.get("/studio/processes/nothing/compare").status_code == 404


# --- migrating ----------------------------------------------------------------------------------------------------


def test_the_dry_run_shows_who_may_and_why_the_others_may_not(office: Office, cases: tuple[int, int]) -> None:
    page = office.client("owner").get(f"{HERE}/migrations/new?from=1&to=2").text

    assert "2 件中 1 件可以迁移" in page
    assert f'value="{cases[0]}" checked' in page
    assert f'name="instance" value="{cases[1]}"' not in page
    assert "“qualification_review”已办过，在新版本中改了走向" in page


def test_cases_are_found_by_number_and_by_where_they_wait(office: Office, cases: tuple[int, int]) -> None:
    client = office.client("owner")

    for words, expected in (("0002", "1 件中 0 件"), ("formal_check", "1 件中 1 件"), ("nowhere", "没有可迁移的办件")):
        assert expected in client.get(f"{HERE}/migrations/new?from=1&to=2&q={words}").text


def test_nothing_is_done_before_the_confirmation(office: Office, cases: tuple[int, int]) -> None:
    sent = {"from": "1", "to": "2", "instance": str(cases[0]), "reason": "加一道复核"}

    page = post(office, f"{HERE}/migrations", **sent)

    assert page.status_code == 200
    assert "把 1 件办件迁移到第 2 版" in page.text
    assert office.inside(lambda world: world.acts(cases[0])) == ["start"]


def test_without_a_reason_or_a_case_the_page_says_so_and_keeps_what_was_typed(
    office: Office, cases: tuple[int, int]
) -> None:
    none = post(office, f"{HERE}/migrations", **{"from": "1", "to": "2", "reason": "加一道复核"})
    silent = post(office, f"{HERE}/migrations", **{"from": "1", "to": "2", "instance": str(cases[0]), "reason": " "})

    assert none.status_code == silent.status_code == 422
    assert "至少选一件能迁移的办件" in none.text
    assert ">加一道复核</textarea>" in none.text
    assert "写明迁移的理由" in silent.text


def test_a_batch_is_carried_out_and_one_case_undone(office: Office, cases: tuple[int, int]) -> None:
    ahead, behind = cases
    here = migrate(office, ahead, behind)

    page = office.client("owner").get(here).text
    assert "已迁移 1 件，未能迁移 1 件" in page
    assert "“qualification_review”已办过" in page
    undo = re.search(r'href="([^"]+/undo)"', page)
    assert undo is not None
    assert "撤销办件 RK-2026-0001 的迁移" in office.client("owner").get(undo.group(1)).text
    assert post(office, undo.group(1), reason="").status_code == 422
    assert post(office, undo.group(1), reason="弄错了").status_code == 303
    assert "已撤销迁移 1 件" in office.client("owner").get(here).text
    assert office.inside(lambda world: world.acts(ahead)) == ["start", "migrate", "migrate_back"]
    assert "第 1 版到第 2 版" in office.client("owner").get(f"{HERE}/migrations").text


def test_the_task_page_of_a_migrated_case_has_the_new_form_and_an_old_tab_is_told(
    office: Office, cases: tuple[int, int]
) -> None:
    task = office.task(cases[0], "formal_check")
    clerk = office.client("clerk")
    assert "办理（新）" not in clerk.get(f"/tasks/{task.id}").text

    migrate(office, cases[0])

    page = clerk.get(f"/tasks/{task.id}")
    assert page.status_code == 200
    stale = clerk.post(f"/tasks/{task.id}", data={"rev": str(task.rev), "note": "齐全", "_do": "submit"})
    assert "打开页面之后有过变动" in stale.text
    assert office.task(cases[0], "formal_check").status == "open"


def test_a_case_that_moved_on_cannot_be_undone_and_the_page_says_why(office: Office, cases: tuple[int, int]) -> None:
    here = migrate(office, cases[0])
    undo = re.search(r'href="([^"]+/undo)"', office.client("owner").get(here).text)
    assert undo is not None
    office.inside(lambda world: world.complete(cases[0], "formal_check", "clerk"))

    answer = office.client("owner").post(undo.group(1), data={"reason": "弄错了"}, follow_redirects=True)

    assert "迁移之后又有进展，不能撤销迁移" in answer.text
    assert "/undo" not in office.client("owner").get(here).text


def test_a_batch_that_was_left_is_continued_from_its_page(office: Office, cases: tuple[int, int]) -> None:
    def begin(world: World) -> int:
        moved = in_transaction(lambda: carrying.begin(KEY, move(KEY, 1, 2), [cases[0]], "加一道复核", world["owner"]))
        return int(moved)

    here = f"{HERE}/migrations/{office.inside(begin)}"
    assert "继续迁移" in office.client("owner").get(here).text

    assert post(office, f"{here}/continue").status_code == 303

    assert "已迁移 1 件" in office.client("owner").get(here).text


def test_a_migration_of_another_process_is_not_shown_here(office: Office, cases: tuple[int, int]) -> None:
    here = migrate(office, cases[0])
    number = here.rsplit("/", 1)[1]

    def another(world: World) -> None:
        nodes = [d.start(), d.user("a"), d.end()]
        world.deploy("other", d.diagram("other", nodes, ["begin > a", "a > done"]))

    office.inside(another)
    assert office.client("owner").get(f"/studio/processes/other/migrations/{number}").status_code == 404
    assert post(office, f"/studio/processes/other/migrations/{number}/continue").status_code == 404
