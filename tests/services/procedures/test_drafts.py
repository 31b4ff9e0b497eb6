"""The draft: nothing typed is lost, its papers, its codes, its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound, Stale, UserError
from app.procedures.entry import service, store
from app.procedures.entry.models import AccessCode, Application, ApplicationState
from tests.services.procedures.people import (
    APPLICANT,
    EMAIL,
    PHONE,
    acts,
    draft,
    found,
    last_code,
    outbox,
    paper,
    submitted,
)
from tests.unit.procedures.forms import RULES, content, id_number

Travel = Callable[[str], datetime]
pytestmark = pytest.mark.usefixtures("database")


def begun() -> str:
    return service.create_draft(
        PHONE, EMAIL, channel="self", actor=APPLICANT, now=clock.now(), rules=RULES
    ).draft_no


def save(number: str, step: str, values: dict[str, Any], rev: int | None = None) -> service.StepSaved:
    return service.save_step(
        number, step, values, actor=APPLICANT, now=clock.now(), rules=RULES, rev=rev
    )


def check(number: str, code: str) -> Application | None:
    return service.check_code(number, code, actor=APPLICANT, now=clock.now())


def test_a_draft_begins_with_a_phone_and_sends_a_code_there() -> None:
    number = begun()
    assert number.startswith("CG-")
    assert [message["phone"] for message in outbox("resume_code")] == [PHONE]
    assert found(number).state == ApplicationState.DRAFT
    assert acts(number) == ["application.create_draft", "application.send_code"]


@pytest.mark.parametrize(
    ("phone", "email", "channel", "field"),
    [("12345", EMAIL, "self", "phone"), (PHONE, "zhou@", "self", "email"), (PHONE, EMAIL, "post", "channel")],
)
def test_a_draft_needs_a_way_back_to_the_applicant(phone: str, email: str, channel: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        service.create_draft(phone, email, channel=channel, actor=APPLICANT, now=clock.now(), rules=RULES)
    assert list(refused.value.errors) == [field]


def test_what_is_typed_wrong_is_kept_all_the_same() -> None:
    number = begun()
    wrong = {"name": "周启明", "id_number": "14010", "directions": ["甲", "乙"]}
    saved = save(number, "identity", wrong)
    assert not saved.complete
    assert saved.errors["id_number"] == "身份证号：应为 18 位，现有 5 位"
    assert store.content_of(found(number))["identity"] == wrong
    assert found(number).steps_done == []


def test_what_is_typed_stands_encrypted_in_the_database() -> None:
    number = begun()
    save(number, "identity", {"name": "周启明", "id_number": id_number()})
    db.session.flush()
    raw = db.session.execute(sa.text("SELECT content, phone FROM application")).one()
    assert id_number().encode() not in bytes(raw.content)
    assert PHONE.encode() not in bytes(raw.phone)


def test_a_complete_step_is_marked_and_unmarked() -> None:
    number = begun()
    assert save(number, "channel", content()["channel"]).complete
    assert found(number).steps_done == ["channel"]
    save(number, "channel", {"channel": "call"})
    assert (found(number).steps_done, found(number).channel) == ([], "call")


def test_the_identity_step_also_wants_the_photo() -> None:
    number = begun()
    assert save(number, "identity", content()["identity"]).errors == {"photo": "二寸免冠电子照片：请上传"}
    service.attach_file(number, "photo", paper("photo"), actor=APPLICANT, now=clock.now())
    assert save(number, "identity", content()["identity"]).complete


def test_a_stale_page_is_told_so_and_overwrites_nothing() -> None:
    number = begun()
    first = save(number, "channel", content()["channel"])
    save(number, "channel", {"channel": "call", "privacy_read": True}, rev=first.rev)
    with pytest.raises(Stale):
        save(number, "channel", {"channel": "self"}, rev=first.rev)
    assert found(number).channel == "call"


def test_unknown_steps_and_kinds_are_refused() -> None:
    number = begun()
    with pytest.raises(NotFound):
        save(number, "bank_account", {})
    with pytest.raises(NotFound):
        service.attach_file(number, "virus", paper("cv"), actor=APPLICANT, now=clock.now())


def test_a_new_photo_takes_the_place_of_the_old_other_papers_add_up() -> None:
    number = begun()
    for kind in ("photo", "photo", "degree", "degree"):
        service.attach_file(number, kind, paper(kind), actor=APPLICANT, now=clock.now())
    assert [file.purpose for file in store.papers_of(found(number))].count("photo") == 1
    assert [file.purpose for file in store.papers_of(found(number))].count("degree") == 2


def test_a_paper_of_another_draft_cannot_be_removed() -> None:
    mine, other = begun(), begun()
    kept = service.attach_file(other, "cv", paper("cv"), actor=APPLICANT, now=clock.now())
    with pytest.raises(NotFound):
        service.remove_file(mine, kept.id, actor=APPLICANT, now=clock.now())
    service.remove_file(other, kept.id, actor=APPLICANT, now=clock.now())
    assert store.papers_of(found(other)) == []


def test_a_submitted_form_can_no_longer_be_typed_into() -> None:
    number = submitted()
    with pytest.raises(Conflict) as refused:
        save(number, "channel", {})
    assert "申请目前是“已提交”，不能修改" in refused.value.message


def test_an_abandoned_draft_is_erased_with_its_papers() -> None:
    number = draft()
    service.withdraw_draft(number, actor=APPLICANT, now=clock.now())
    db.session.flush()
    assert store.find(number) is None
    assert db.session.scalar(sa.text("SELECT count(*) FROM stored_file WHERE deleted_at IS NULL")) == 0
    assert db.session.scalar(sa.text("SELECT count(*) FROM application_code")) == 0
    assert acts(number)[-1] == "application.erase_draft"


def test_a_submitted_application_is_not_erased() -> None:
    number = submitted()
    with pytest.raises(UserError):
        service.withdraw_draft(number, actor=APPLICANT, now=clock.now())


def test_drafts_nobody_touched_are_erased_in_time(travel: Travel) -> None:
    old = begun()
    travel("2026-05-31 08:59")
    assert service.purge_drafts(RULES, actor=SYSTEM, now=clock.now()) == 0
    young = begun()
    travel("2026-05-31 09:01")
    assert service.purge_drafts(RULES, actor=SYSTEM, now=clock.now()) == 1
    assert (store.find(old), store.find(young) is not None) == (None, True)


def test_the_code_opens_the_draft_once_and_proves_the_phone() -> None:
    number = begun()
    code = last_code()
    assert found(number).phone_verified_at is None
    opened = check(number.lower(), f" {code[:3]} {code[3:]} ")
    assert opened is not None
    assert opened.phone_verified_at == clock.now()
    assert check(number, code) is None


def test_after_five_wrong_tries_the_right_code_is_dead_too() -> None:
    number, code = begun(), last_code()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert check(number, wrong) is None
    assert check(number, code) is None
    assert acts(number).count("application.refuse_code") == 6


def test_a_code_dies_with_time(travel: Travel) -> None:
    number, code = begun(), last_code()
    travel("2026-03-02 09:10")
    assert check(number, code) is None


def test_a_new_code_ends_the_old(travel: Travel) -> None:
    number, old = begun(), last_code()
    travel("2026-03-02 09:02")
    service.request_code(number, actor=APPLICANT, now=clock.now(), rules=RULES)
    new = last_code()
    assert old == new or check(number, old) is None
    assert check(number, new) is not None


def test_codes_are_not_sent_again_and_again(travel: Travel) -> None:
    number = begun()
    for minute in range(30):
        travel(f"2026-03-02 09:{minute:02d}")
        service.request_code(number, actor=APPLICANT, now=clock.now(), rules=RULES)
    assert len(outbox("resume_code")) == 5


def test_an_unknown_number_looks_like_a_wrong_code() -> None:
    service.request_code("RK-2026-9999", actor=APPLICANT, now=clock.now(), rules=RULES)
    assert outbox("resume_code") == []
    assert check("RK-2026-9999", "123456") is None


def test_only_the_hash_of_a_code_is_kept() -> None:
    begun()
    code = last_code()
    assert code not in db.session.scalars(sa.select(AccessCode.code_hash)).one()


def test_a_code_by_mail_opens_but_does_not_prove_the_phone(travel: Travel) -> None:
    number = begun()
    travel("2026-03-02 09:02")
    service.request_code(number, by="email", actor=APPLICANT, now=clock.now(), rules=RULES)
    opened = check(number, last_code())
    assert opened is not None
    assert opened.phone_verified_at is None


def test_a_new_phone_counts_once_its_code_came_back() -> None:
    number = begun()
    service.change_phone(number, "137 1111 2222", actor=APPLICANT, now=clock.now(), rules=RULES)
    assert found(number).phone == PHONE
    assert not service.confirm_phone(number, "xxxxxx", actor=APPLICANT, now=clock.now())
    assert service.confirm_phone(number, last_code(), actor=APPLICANT, now=clock.now())
    assert (found(number).phone, found(number).phone_verified_at) == ("13711112222", clock.now())
    with pytest.raises(Invalid):
        service.change_phone(number, "999", actor=APPLICANT, now=clock.now(), rules=RULES)
