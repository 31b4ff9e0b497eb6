"""What comes with the product never undoes what owners did: a restart, an update, an update of what is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.actor import SYSTEM
from app.core.database import db
from app.core.errors import NotFound, UserError
from app.workflow import definitions
from app.workflow.models import Spec
from app.workflow.releases import publishing, queries, shipped
from tests.services.workflow.releases.desk import Desk, steps
from tests.unit.engine import diagrams as d

FORM = '{"type": "default", "schemaVersion": 19, "id": "f", "components": []}'


class Product:
    """The files of the product in a folder, and a restart."""

    def __init__(self, root: Path, desk: Desk) -> None:
        self.root, self.desk = root, desk

    def brings(self, key: str, bpmn: bytes, *forms: str) -> None:
        """An update holds this diagram, with a form for each named step."""
        folder, place = self.root / "processes" / "bpmn", self.root / "forms" / key
        folder.mkdir(parents=True, exist_ok=True)
        place.mkdir(parents=True, exist_ok=True)
        (folder / f"{key}.bpmn").write_bytes(bpmn)
        for name in forms:
            (place / f"{name}.form").write_text(FORM, encoding="utf-8")

    def restart(self) -> dict[str, tuple[int, str]]:
        """What is in force afterwards: key -> version and origin."""
        self.desk.do(lambda: shipped.deploy_shipped(self.root, SYSTEM))
        return {row.key: (row.version, row.origin) for row in definitions.current()}


@pytest.fixture
def product(tmp_path: Path, light_desk: Desk) -> Product:
    """A product that ships `leave` with one step."""
    made = Product(tmp_path, light_desk)
    made.brings("leave", steps("ask"), "ask")
    return made


def caller() -> bytes:
    """A process that calls `leave`."""
    call = d.node("callActivity", "inner", 'calledElement="leave"')
    return d.diagram("outer", [d.start(), call, d.end()], ["begin > inner", "inner > done"])


def test_a_version_compiled_by_an_older_product_is_not_shipped_again(product: Product) -> None:
    product.restart()

    def compiled_long_ago() -> None:
        row = definitions.latest("leave")
        db.session.add(Spec(hash="0" * 64, text="{}"))
        db.session.flush()
        row.spec_hash = "0" * 64

    product.desk.do(compiled_long_ago)
    assert product.restart() == {"leave": (1, "shipped")}
    assert definitions.latest("leave").spec_hash == "0" * 64


def test_an_update_is_put_in_force_where_nobody_changed_anything(product: Product) -> None:
    assert product.restart() == {"leave": (1, "shipped")}
    assert product.restart() == {"leave": (1, "shipped")}
    product.brings("leave", steps("ask", "better"), "better")
    assert product.restart() == {"leave": (2, "shipped")}
    assert shipped.open_offers() == []


def test_a_restart_does_not_undo_an_owner_s_version(product: Product) -> None:
    product.restart()
    product.desk.approve(*product.desk.submitted("ask", "own"))
    assert product.restart() == {"leave": (2, "owner")}
    assert shipped.open_offers() == []


def test_an_update_of_what_an_owner_changed_is_offered_once(product: Product) -> None:
    product.restart()
    product.desk.approve(*product.desk.submitted("ask", "own"))
    product.brings("leave", steps("ask", "better"), "better")
    assert product.restart() == product.restart() == {"leave": (2, "owner")}
    offer = shipped.offer("leave")
    assert offer is not None
    assert any("better" in line for line in shipped.changes_of(offer))
    assert [line.offer is not None for line in queries.processes()] == [True]
    with pytest.raises(UserError, match="理由"):
        product.desk.do(lambda: shipped.decline("leave", product.desk.first, ""))
    product.desk.do(lambda: shipped.decline("leave", product.desk.first, "本省另有规定"))
    product.restart()
    assert shipped.offer("leave") is None, "declined once is declined"
    product.brings("leave", steps("ask", "better", "best"), "best")
    product.restart()
    assert shipped.offer("leave") is not None, "the next update is another"
    assert "definition.decline_offer" in product.desk.trail()


def test_an_offer_is_taken_up_as_a_draft_and_answered_when_that_is_published(product: Product) -> None:
    product.restart()
    product.desk.approve(*product.desk.submitted("ask", "own"))
    product.brings("leave", steps("ask", "better"), "better")
    product.restart()
    draft = product.desk.do(lambda: shipped.take_up("leave", product.desk.first))
    assert (draft.origin, draft.base_version, shipped.offer("leave") is not None) == ("shipped", 2, True)
    product.desk.do(lambda: publishing.submit(draft.id, 1, product.desk.first))
    product.desk.approve(draft.id, 1)
    assert definitions.latest("leave").version == 3
    assert shipped.offer("leave") is None
    assert product.restart() == {"leave": (3, "owner")}
    with pytest.raises(NotFound):
        product.desk.do(lambda: shipped.take_up("leave", product.desk.first))


def test_what_calls_an_owner_s_version_is_not_changed_behind_his_back(product: Product) -> None:
    product.brings("outer", caller())
    assert product.restart() == {"leave": (1, "shipped"), "outer": (1, "shipped")}
    product.desk.approve(*product.desk.submitted("ask", "own"))
    assert product.restart() == {"leave": (2, "owner"), "outer": (1, "shipped")}
    stale = {line.key: line.stale_calls for line in queries.processes()}
    assert stale == {"leave": (), "outer": ("leave",)}
    assert [row.key for row in queries.callers_of("leave")] == ["outer"]


def test_what_calls_an_updated_process_is_deployed_with_it(product: Product) -> None:
    product.brings("outer", caller())
    product.restart()
    product.brings("leave", steps("ask", "better"), "better")
    assert product.restart() == {"leave": (2, "shipped"), "outer": (2, "shipped")}
