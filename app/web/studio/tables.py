"""决策表: every table of every process, and the page on which a process owner changes one and tries it out."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import quoteattr

from flask import Response, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import plain_json
from app.core.errors import Invalid, NotFound, UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.security import allows_inline_styles
from app.web.studio.answers import refuses_as_json, rev_of_request, saved
from app.web.studio.blueprint import studio
from app.web.studio.form_preview import functions
from app.web.studio.part_acts import Part, begin_draft, confirm_removal, make_new, take_out
from app.web.studio.parts import Workshop, feel_builtins, workshop, workshops
from app.workflow import part_use, table_trial
from app.workflow.releases import drafts, reading

_MOST_TYPED = 200


@studio.get("/tables")
@requires(permissions.PROCESS_READ)
def tables_index() -> str:
    """Every decision table of every process, with the steps that ask it."""
    return render_template("studio/tables.html", found=[(one, _listed(one)) for one in workshops()])


def _listed(found: Workshop) -> list[dict[str, Any]]:
    return [
        {"key": name, "title": _title(xml, name), "users": found.table_users(name)}
        for name, xml in sorted(found.tables.items())
    ]


def _title(xml: str, name: str) -> str:
    return "、".join(part_use.decision_names(xml).values()) or name


@studio.get("/processes/<key>/tables/<name>")
@requires(permissions.PROCESS_READ)
@allows_inline_styles
def table_page(key: str, name: str) -> str:
    """The editor of a decision table, or the table as it is in force."""
    found = workshop(key)
    xml = _xml(found, name)
    return render_template(
        "studio/table.html", found=found, name=name, title=_title(xml, name), users=found.table_users(name),
        builtins=feel_builtins(),
    )


@studio.get("/processes/<key>/tables/<name>/table.dmn")
@requires(permissions.PROCESS_READ)
def table_in_use(key: str, name: str) -> Response:
    """The DMN that the page shows: of the draft, else of the version in force."""
    return Response(_xml(workshop(key), name), mimetype="application/xml", headers={"Cache-Control": "no-store"})


@studio.post("/processes/<key>/tables/<name>")
@requires(permissions.PROCESS_EDIT)
def begin_with_table(key: str, name: str) -> AnyResponse:
    """从在用版本起草: begins the draft in which this table is changed."""
    return begin_draft(key, url_for("studio.table_page", key=key, name=name))


@studio.get("/drafts/<int:draft_id>/tables/<name>")
@requires(permissions.PROCESS_READ)
def table_source(draft_id: int, name: str) -> Response:
    """The DMN of a draft."""
    draft = drafts.get(draft_id)
    if name not in draft.tables:
        raise NotFound(f"草稿里没有决策表“{name}”")
    headers = {"ETag": f'"{draft.rev}"', "Cache-Control": "no-store"}
    return Response(draft.tables[name], mimetype="application/xml", headers=headers)


@studio.put("/drafts/<int:draft_id>/tables/<name>")
@requires(permissions.PROCESS_EDIT)
@refuses_as_json
def save_table(draft_id: int, name: str) -> Response:
    """Saves a table under `If-Match`. 409 when somebody saved meanwhile, 422 when it is no DMN at all."""
    xml, rev = request.get_data(cache=False), rev_of_request()
    with transaction():
        new = drafts.put_table(draft_id, rev, name, xml, current_actor())
    return saved(draft_id, new)


@studio.post("/preview/table")
@requires(permissions.PROCESS_READ)
@refuses_as_json
def preview_table() -> Response:
    """The findings of a table that is being edited and, with `typed`, which rules match and what it gives."""
    body = _sent()
    if not isinstance(body, dict) or not isinstance(body.get("xml"), str):
        raise UserError("这一页没有把决策表交完整，请重新打开")
    xml = reading.table("preview.dmn", body["xml"])
    report = table_trial.examine(xml, str(body.get("decision") or ""), _typed(body.get("typed")), functions())
    answer: Response = jsonify(report.as_json())
    return answer


def _sent() -> Any:
    """The JSON of the body, or nothing where it is none."""
    try:
        return plain_json.read(request.get_data(cache=False).decode())
    except ValueError:
        return None


def _typed(raw: Any) -> dict[str, str] | None:
    if not isinstance(raw, dict):
        return None
    return {str(path): str(text) for path, text in list(raw.items())[:_MOST_TYPED]}


@studio.get("/processes/<key>/tables")
@requires(permissions.PROCESS_EDIT)
def new_table(key: str) -> str:
    """Asks for a new decision table."""
    return _asking(workshop(key), {}, {})


@studio.post("/processes/<key>/tables")
@requires(permissions.PROCESS_EDIT)
def make_table(key: str) -> AnyResponse | tuple[str, int]:
    """Puts the new table into the draft; one is begun if there is none."""
    return make_new(
        key, _made, _asking, "已新建决策表。在流程图上给决策环节选用后才会用到。",
        lambda name: url_for("studio.table_page", key=key, name=name),
    )


def _made(found: Workshop) -> str:
    """Makes the table that the page asks for; gives its file name. :raises Invalid: names and fields."""
    title, decision = " ".join(request.form.get("title", "").split()), request.form.get("name", "").strip()
    name, errors = f"{decision}.dmn", {}
    if not title:
        errors["title"] = "请填写“决策表名称”"
    taken = {key for xml in found.tables.values() for key in part_use.decision_names(xml)}
    if name in found.tables or decision in taken:
        errors["name"] = f"已有标识为“{decision}”的决策表，请换一个"
    if not decision.isascii() or not decision.isidentifier() or decision != decision.lower() or len(decision) > 60:
        errors["name"] = "标识以小写字母开头，用小写字母、数字和下划线，60 个字以内"
    if errors:
        raise Invalid(errors)
    draft = found.draft or drafts.begin(found.key, current_actor())
    drafts.put_table(draft.id, draft.rev, name, _empty(decision, title), current_actor())
    return name


def _empty(decision: str, title: str) -> str:
    """A table with one input, one output and one rule that matches everything."""
    name = quoteattr(title)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="{decision}_definitions" name={name} namespace="https://zhiku.example.cn/dmn">
  <decision id="{decision}" name={name}>
    <decisionTable id="{decision}_table" hitPolicy="UNIQUE">
      <input id="{decision}_in" label="条件">
        <inputExpression id="{decision}_in_expression" typeRef="string"><text>condition</text></inputExpression>
      </input>
      <output id="{decision}_out" label="结论" name="result" typeRef="string" />
      <rule id="{decision}_rule_1">
        <inputEntry id="{decision}_rule_1_in"><text>-</text></inputEntry>
        <outputEntry id="{decision}_rule_1_out"><text>""</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
"""


def _asking(found: Workshop, typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("studio/new_table.html", found=found, typed=typed, errors=errors)


@studio.get("/processes/<key>/remove-table/<name>")
@requires(permissions.PROCESS_EDIT)
def confirm_remove_table(key: str, name: str) -> str:
    """Says what follows from taking a table out of the draft."""
    found = workshop(key)
    return confirm_removal(found, _part(found, name))


@studio.post("/processes/<key>/remove-table/<name>")
@requires(permissions.PROCESS_EDIT)
def remove_table(key: str, name: str) -> AnyResponse:
    """Takes a table out of the draft; refused while a step asks it."""
    return take_out(key, lambda found: _part(found, name))


def _part(found: Workshop, name: str) -> Part:
    return Part(
        "决策表", name, _title(_xml(found, name), name), found.table_users(name),
        url_for("studio.table_page", key=found.key, name=name), url_for("studio.tables_index"), drafts.remove_table,
    )


def _xml(found: Workshop, name: str) -> str:
    if name not in found.tables:
        raise NotFound(f"流程“{found.name}”没有决策表“{name}”")
    return found.tables[name]
