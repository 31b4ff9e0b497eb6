"""表单: every form of every process, and the page on which a process owner designs one."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core.errors import Invalid, NotFound, UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.security import allows_inline_styles
from app.web.studio.answers import refuses_as_json, rev_of_request, saved
from app.web.studio.blueprint import studio
from app.web.studio.form_preview import findings_of
from app.web.studio.part_acts import Part, begin_draft, confirm_removal, make_new, take_out
from app.web.studio.parts import Workshop, feel_builtins, workshop, workshops
from app.workflow.forms import schema_keys
from app.workflow.releases import drafts, reading


@studio.get("/forms")
@requires(permissions.PROCESS_READ)
def forms_index() -> str:
    """Every form of every process, with the steps that use it."""
    return render_template("studio/forms.html", found=[(one, _listed(one)) for one in workshops()])


def _listed(found: Workshop) -> list[dict[str, Any]]:
    return [
        {"key": key, "title": title_of(text), "users": found.form_users(key)}
        for key, text in sorted(found.forms.items())
    ]


def title_of(text: str) -> str:
    """The heading of a form, or nothing where it has none."""
    try:
        schema = json.loads(text)
        return str((schema.get("properties") or {}).get("title") or schema.get("id") or "")
    except (ValueError, AttributeError, RecursionError):
        return ""


@studio.get("/processes/<key>/forms/<path:form_key>")
@requires(permissions.PROCESS_READ)
@allows_inline_styles
def form_page(key: str, form_key: str) -> str:
    """The editor of a form, or the form as it is in force."""
    found = workshop(key)
    text = _text(found, form_key)
    return render_template(
        "studio/form.html", found=found, form_key=form_key, title=title_of(text) or form_key, text=text,
        users=found.form_users(form_key), vocabulary=_vocabulary(), builtins=feel_builtins(),
        findings=findings_of(text),
    )


@studio.post("/processes/<key>/forms/<path:form_key>")
@requires(permissions.PROCESS_EDIT)
def begin_with_form(key: str, form_key: str) -> AnyResponse:
    """从在用版本起草: begins the draft in which this form is changed."""
    return begin_draft(key, url_for("studio.form_page", key=key, form_key=form_key))


@studio.get("/drafts/<int:draft_id>/forms/<path:form_key>")
@requires(permissions.PROCESS_READ)
def form_source(draft_id: int, form_key: str) -> Response:
    """The form-js text of a draft."""
    draft = drafts.get(draft_id)
    if form_key not in draft.forms:
        raise NotFound(f"草稿里没有表单“{form_key}”")
    return Response(draft.forms[form_key], mimetype="application/json", headers={"ETag": f'"{draft.rev}"'})


@studio.put("/drafts/<int:draft_id>/forms/<path:form_key>")
@requires(permissions.PROCESS_EDIT)
@refuses_as_json
def save_form(draft_id: int, form_key: str) -> Response:
    """Saves a form under `If-Match`. 409 when somebody saved meanwhile, 422 when it is no form at all."""
    text, rev = _body(), rev_of_request()
    with transaction():
        new = drafts.put_form(draft_id, rev, form_key, text, current_actor())
    return saved(draft_id, new)


def _body() -> str:
    try:
        return request.get_data(cache=False).decode()
    except UnicodeDecodeError as error:
        raise UserError("表单的文字编码读不出来：另存为 UTF-8") from error


@studio.get("/processes/<key>/forms")
@requires(permissions.PROCESS_EDIT)
def new_form(key: str) -> str:
    """Asks for a new form: empty, or a copy of another form of the process."""
    return _asking(workshop(key), {"copy_of": request.args.get("copy_of", "")}, {})


@studio.post("/processes/<key>/forms")
@requires(permissions.PROCESS_EDIT)
def make_form(key: str) -> AnyResponse | tuple[str, int]:
    """Puts the new form into the draft; one is begun if there is none."""
    return make_new(
        key, _made, _asking, "已新建表单。在流程图上给环节选用后才会用到。",
        lambda form_key: url_for("studio.form_page", key=key, form_key=form_key),
    )


def _made(found: Workshop) -> str:
    """Makes the form that the page asks for; gives its key. :raises Invalid: names and fields."""
    title, copy_of = " ".join(request.form.get("title", "").split()), request.form.get("copy_of", "")
    form_key = f"{found.key}/{request.form.get('name', '').strip()}"
    errors = {}
    if not title:
        errors["title"] = "请填写“表单名称”"
    if form_key in found.forms:
        errors["name"] = f"已有标识为“{form_key}”的表单，请换一个"
    if copy_of and copy_of not in found.forms:
        errors["copy_of"] = f"没有表单“{copy_of}”可以抄"
    try:
        reading.form(form_key, '{"components": []}')
    except reading.Unreadable:
        errors["name"] = "标识用小写字母、数字、下划线和连字符，60 个字以内"
    if errors:
        raise Invalid(errors)
    draft = found.draft or drafts.begin(found.key, current_actor())
    text = _titled(found.forms[copy_of], form_key, title) if copy_of else _empty(form_key, title)
    drafts.put_form(draft.id, draft.rev, form_key, text, current_actor())
    return form_key


def _empty(form_key: str, title: str) -> str:
    button = {"type": "button", "id": "submit_button", "label": f"提交{title}", "action": "submit"}
    return _written({
        "type": "default", "schemaVersion": schema_keys.SCHEMA_VERSION, "id": _id_of(form_key),
        "properties": {"title": title}, "components": [button],
    })


def _titled(text: str, form_key: str, title: str) -> str:
    schema = json.loads(text)
    return _written({
        **schema, "id": _id_of(form_key), "properties": {**(schema.get("properties") or {}), "title": title},
    })


def _id_of(form_key: str) -> str:
    return form_key.rpartition("/")[2].replace("-", "_")


def _written(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _asking(found: Workshop, typed: dict[str, str], errors: dict[str, str]) -> str:
    options = [(key, f"{title_of(text) or key}（{key}）") for key, text in sorted(found.forms.items())]
    return render_template("studio/new_form.html", found=found, typed=typed, errors=errors, options=options)


@studio.get("/processes/<key>/remove-form/<path:form_key>")
@requires(permissions.PROCESS_EDIT)
def confirm_remove_form(key: str, form_key: str) -> str:
    """Says what follows from taking a form out of the draft."""
    found = workshop(key)
    return confirm_removal(found, _part(found, form_key))


@studio.post("/processes/<key>/remove-form/<path:form_key>")
@requires(permissions.PROCESS_EDIT)
def remove_form(key: str, form_key: str) -> AnyResponse:
    """Takes a form out of the draft; refused while a step uses it."""
    return take_out(key, lambda found: _part(found, form_key))


def _part(found: Workshop, form_key: str) -> Part:
    return Part(
        "表单", form_key, title_of(_text(found, form_key)) or form_key, found.form_users(form_key),
        url_for("studio.form_page", key=found.key, form_key=form_key), url_for("studio.forms_index"),
        drafts.remove_form,
    )


def _text(found: Workshop, form_key: str) -> str:
    if form_key not in found.forms:
        raise NotFound(f"流程“{found.name}”没有表单“{form_key}”")
    return found.forms[form_key]


def _vocabulary() -> dict[str, Any]:
    """What the server reads of forms, for an editor that offers nothing else."""
    return {
        "components": {kind: sorted(keys) for kind, keys in schema_keys.COMPONENTS.items()},
        "validate": {
            **{kind: sorted(keys) for kind, keys in schema_keys.VALIDATE.items()},
            "": sorted(schema_keys.VALIDATE_ANY),
        },
        "properties": {kind: sorted(keys) for kind, keys in schema_keys.PROPERTIES.items()},
        "anywhere": sorted(schema_keys.PROPERTIES_ANY),
        "form": sorted(schema_keys.ROOT_PROPERTIES, reverse=True),
    }
