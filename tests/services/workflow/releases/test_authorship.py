"""Four eyes through a file: who wrote what a colleague imports does not approve it, altered or not."""

from __future__ import annotations

import pytest

from app.core import crypto
from app.core.errors import NotAllowed
from app.workflow import definitions
from app.workflow.parts import Parts
from app.workflow.releases import archive, authorship, drafts, publishing, record
from app.workflow.releases.archive import Packed
from app.workflow.releases.states import DraftOrigin
from tests.services.workflow.releases.desk import Desk


def _packed(desk: Desk, draft_id: int) -> bytes:
    draft = desk.draft(draft_id)
    authors = desk.do(lambda: authorship.of_draft(draft_id))
    return archive.write([Packed("leave", "请假", None, draft.note, drafts.parts_of(draft), authors)])


def _imported(desk: Desk, one: Packed, parts: Parts | None = None) -> tuple[int, int]:
    """A draft of what the archive holds, brought in and submitted by the second owner."""

    def bring_in() -> tuple[int, int]:
        newest = definitions.newest("leave")
        draft = drafts.create(
            "leave", one.name, parts or one.parts, desk.second, origin=DraftOrigin.IMPORT,
            base_version=newest.version if newest is not None else None,
            provenance=authorship.provenance(one.authors),
        )
        publishing.submit(draft.id, draft.rev, desk.second, note="导入")
        return draft.id, draft.rev

    return desk.do(bring_in)


def _discarded(desk: Desk, *names: str) -> bytes:
    """The first owner's draft as an archive, once it is discarded."""
    draft_id, _rev = desk.changed(*names)
    content = _packed(desk, draft_id)
    desk.do(lambda: drafts.discard(draft_id, desk.first, "换一个人导入"))
    return content


def test_who_wrote_what_a_colleague_imports_does_not_approve_it(desk: Desk) -> None:
    desk.deploy("ask")
    (one,) = archive.read(_discarded(desk, "ask", "mine"))
    draft_id, rev = _imported(desk, one)
    with pytest.raises(NotAllowed, match="你改过这份草稿"):
        desk.approve(draft_id, rev, desk.first)
    begun = record.steps(draft_id)[-1]
    assert begun.reason == "压缩包由本系统导出，内容没有改过，编写：樊立新"
    assert desk.told(desk.leader) == ["请审批流程版本：请假"], "no other owner may"
    decision = desk.approve(draft_id, rev, desk.leader)
    assert decision.published is not None
    assert decision.published.written_by == "樊立新、许砚秋"


def test_it_stays_his_after_another_version_and_under_its_seal(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    content = _discarded(desk, "ask", "mine")
    theirs, rev = desk.changed("ask", "theirs", actor=desk.second)
    desk.do(lambda: publishing.submit(theirs, rev, desk.second, note="另一步"))
    desk.approve(theirs, rev, desk.first)
    (one,) = archive.read(content)
    draft_id, rev = _imported(desk, one)
    with pytest.raises(NotAllowed, match="你改过这份草稿"):
        desk.approve(draft_id, rev, desk.first)


def test_altering_the_archive_on_the_way_is_no_way_round(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    (one,) = archive.read(_discarded(desk, "ask", "mine"))
    altered = Packed(one.key, one.name, None, None, one.parts, authors=None)
    other = Parts(one.parts.xml.replace("</", "\n</", 1), one.parts.tables, one.parts.forms, one.parts.scenarios)
    draft_id, rev = _imported(desk, altered, other)
    begun = record.steps(draft_id)[-1]
    assert begun.reason == "压缩包不是本系统导出的，或导出后改过，由谁编写无从核对，只算导入人"
    with pytest.raises(NotAllowed, match="作废了，导入的内容可能取自那里"):
        desk.approve(draft_id, rev, desk.first)
    assert desk.told(desk.leader) == ["请审批流程版本：请假"], "he is not asked either"
    assert desk.approve(draft_id, rev, desk.leader).published is not None


def test_a_file_of_another_installation_counts_who_brings_it_in(
    light_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = light_desk
    desk.deploy("ask")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(crypto, "_keyring", crypto.keyring_from_secret("another installation"))
        sealed = Packed("leave", "请假", 4, None, definitions.parts_of(definitions.latest("leave")), ("x",))
        (one,) = archive.read(archive.write([sealed]))
        assert one.authors == ("x",)
        content = archive.write([sealed])
    (one,) = archive.read(content)
    assert one.authors is None
    assert authorship.provenance(one.authors).authors == ()


def test_a_version_carries_the_authors_of_its_draft(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    decision = desk.approve(*desk.submitted("ask", "mine"))
    assert decision.published is not None
    version_id = decision.published.id
    marks = desk.do(lambda: authorship.of_version(version_id))
    assert authorship.provenance(marks).authors == ((desk.first.user_id, "樊立新"),)
    shipped = definitions.versions("leave")[-1]
    assert authorship.of_version(shipped.id) == ()
    assert authorship.provenance(()).words == "压缩包由本系统导出，内容没有改过"
    assert authorship.provenance((*marks, "gone")).words.endswith("另有 1 名编写人在本系统没有账号")


def test_a_draft_discarded_before_is_no_bar_to_a_draft_begun_anew(light_desk: Desk) -> None:
    desk = light_desk
    desk.deploy("ask")
    _discarded(desk, "ask", "mine")
    theirs, rev = desk.changed("ask", "theirs", actor=desk.second)
    desk.do(lambda: publishing.submit(theirs, rev, desk.second, note="另一步"))
    assert desk.approve(theirs, rev, desk.first).published is not None
