"""迁移: running cases brought to another version, tried case by case before anything is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Conflict, Invalid, NotFound
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.studio.blueprint import studio
from app.workflow import definitions
from app.workflow.migration import carrying, queries, undoing
from app.workflow.migration.states import ITEM_WORDS, ItemState
from app.workflow.migration.verdicts import Move, dry_run
from app.workflow.models import Definition

#: So many cases are carried out before the page answers; a job goes on with the rest.
AT_ONCE = 20
#: So many cases one dry run shows.
SHOWN = 200


@studio.get("/processes/<key>/migrations")
@requires(permissions.PROCESS_EDIT)
def migrations(key: str) -> str:
    """What was migrated so far, and where there is something to migrate."""
    newest = definitions.latest(key)
    return render_template(
        "studio/migrations.html", key=key, newest=newest, lines=queries.of_process(key), words=ITEM_WORDS,
        before=request.args.get("from", type=int),
    )


@studio.get("/processes/<key>/migrations/new")
@requires(permissions.PROCESS_EDIT)
def new_migration(key: str) -> str:
    """The dry run: which cases may go on by another version, and why the others may not. Nothing is written."""
    return _choosing(key, request.args, {}, None)


def _choosing(
    key: str, given: Mapping[str, str], errors: Mapping[str, str], chosen: Sequence[int] | None
) -> str:
    rows = definitions.versions(key)
    if not rows:
        raise NotFound(f"没有名为“{key}”的流程")
    move = _move(rows, given)
    words = given.get("q", "").strip()
    lines = queries.running(move.before.id, words, SHOWN) if move.before.id != move.after.id else []
    verdicts = {one.instance.id: one for one in dry_run([line.instance.id for line in lines], move)}
    lines.sort(key=lambda line: not verdicts[line.instance.id].may)
    return render_template(
        "studio/new_migration.html", key=key, rows=rows, move=move, words=words, lines=lines, verdicts=verdicts,
        able=sum(one.may for one in verdicts.values()), errors=errors, reason=given.get("reason", ""),
        chosen=chosen, shown=SHOWN,
    )


def _move(rows: Sequence[Definition], given: Mapping[str, str]) -> Move:
    by_version = {str(row.version): row for row in rows}
    after = by_version.get(given.get("to", ""), rows[0])
    earlier = next((row for row in rows if row.id != after.id), rows[0])
    return Move(by_version.get(given.get("from", ""), earlier), after)


@studio.post("/processes/<key>/migrations")
@requires(permissions.PROCESS_EDIT)
def begin_migration(key: str) -> ResponseReturnValue:
    """First shows what will be done, then, confirmed, does it."""
    chosen = _numbers(request.form.getlist("instance"))
    move = _move(definitions.versions(key), request.form)
    reason = request.form.get("reason", "")
    if errors := _errors(chosen, reason):
        return _choosing(key, request.form, errors, chosen), 422
    if request.form.get("confirmed") != "1":
        verdicts = dry_run(chosen, move)
        return render_template(
            "studio/confirm_migration.html", key=key, move=move, reason=reason, verdicts=verdicts,
            able=sum(one.may for one in verdicts),
        )
    before, after = move.before.version, move.after.version
    try:
        with transaction():
            again = _move(definitions.versions(key), {"from": str(before), "to": str(after)})
            migration_id = carrying.begin(key, again, chosen, reason, current_actor())
    except Invalid as refused:
        return _choosing(key, request.form, refused.errors, chosen), 422
    _carry_on(migration_id)
    return redirect(url_for("studio.migration", key=key, migration_id=migration_id), 303)


def _errors(chosen: Sequence[int], reason: str) -> dict[str, str]:
    errors = {}
    if not chosen:
        errors["instances"] = "至少选一件能迁移的办件"
    if not reason.strip():
        errors["reason"] = "写明迁移的理由，会记入每件办件的经过"
    return errors


def _numbers(texts: Sequence[str]) -> list[int]:
    return sorted({int(text) for text in texts if text.isdecimal() and len(text) < 10})


def _carry_on(migration_id: int) -> None:
    """Carries out the next items, each in a transaction of its own: one that fails leaves the others done."""
    with transaction():
        items = carrying.pending_of(migration_id, AT_ONCE)
    for item_id in items:
        with transaction():
            carrying.carry_out(item_id, clock.now())


@studio.get("/processes/<key>/migrations/<int:migration_id>")
@requires(permissions.PROCESS_EDIT)
def migration(key: str, migration_id: int) -> str:
    """How far a migration has come, case by case."""
    line = queries.one(key, migration_id)
    return render_template(
        "studio/migration.html", key=key, line=line, items=queries.items(migration_id), words=ITEM_WORDS,
        name=definitions.latest(key).name, pending=line.counts[ItemState.PENDING], total=line.counts.total(),
    )


@studio.post("/processes/<key>/migrations/<int:migration_id>/continue")
@requires(permissions.PROCESS_EDIT)
def continue_migration(key: str, migration_id: int) -> ResponseReturnValue:
    """Goes on where a migration was left."""
    queries.one(key, migration_id)
    _carry_on(migration_id)
    return redirect(url_for("studio.migration", key=key, migration_id=migration_id), 303)


@studio.get("/processes/<key>/migrations/<int:migration_id>/items/<int:item_id>/undo")
@requires(permissions.PROCESS_EDIT)
def ask_undo_migration(key: str, migration_id: int, item_id: int) -> str:
    """What undoing means, before it is done."""
    return _undoing(key, migration_id, item_id, {})


def _undoing(key: str, migration_id: int, item_id: int, errors: Mapping[str, str]) -> str:
    line = queries.one(key, migration_id)
    one = next((entry for entry in queries.items(migration_id) if entry.item.id == item_id), None)
    if one is None:
        raise NotFound("这次迁移里没有这件办件")
    if one.stuck is not None:
        raise Conflict(one.stuck)
    here = url_for("studio.migration", key=key, migration_id=migration_id)
    address = url_for("studio.undo_migration", key=key, migration_id=migration_id, item_id=item_id)
    return render_template(
        "confirm.html", heading=f"撤销办件 {one.instance.business_key} 的迁移",
        consequence=f"办件回到第 {line.before} 版，待办的名称、表单和办理人随之恢复，计时不变。",
        act="撤销迁移", action=address, back=here, stay="不撤销，返回", reason_label="撤销的理由",
        reason=request.form.get("reason", ""), errors=errors,
        trail=[
            ("流程", url_for("studio.index")), ("迁移办件", url_for("studio.migrations", key=key)),
            (f"第 {line.before} 版到第 {line.after} 版", here), ("撤销迁移", ""),
        ],
    )


@studio.post("/processes/<key>/migrations/<int:migration_id>/items/<int:item_id>/undo")
@requires(permissions.PROCESS_EDIT)
def undo_migration(key: str, migration_id: int, item_id: int) -> ResponseReturnValue:
    """Brings one case back to its old version."""
    queries.one(key, migration_id)
    try:
        with transaction():
            if carrying.item_row(item_id).migration_id != migration_id:
                raise NotFound("这次迁移里没有这件办件")
            undoing.undo(item_id, current_actor(), request.form.get("reason", ""))
    except Invalid as refused:
        return _undoing(key, migration_id, item_id, refused.errors), 422
    except Conflict as refused:
        flash(refused.message, "care")
    else:
        flash("已撤销迁移，办件按原来的版本继续。", "ok")
    return redirect(url_for("studio.migration", key=key, migration_id=migration_id), 303)
