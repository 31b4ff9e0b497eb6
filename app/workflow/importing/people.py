"""User tasks: whose they are, until when, and the form they are filled in on."""

from __future__ import annotations

import json
from typing import Any

from app.engine.xml import local_name
from app.identity import roles
from app.workflow.forms.schema_keys import SCHEMA_VERSION
from app.workflow.importing.context import Context, camunda
from app.workflow.importing.foreign import attribute, extension, extensions, is_bpmn
from app.workflow.importing.graph import Node
from app.workflow.importing.names import slug
from app.workflow.importing.plan import Fate

_ROLES = tuple(roles.LABELS.items())
_BY_LABEL = {label: key for key, label in _ROLES}
_BLANK, _COPY = "blank", "copy:"
_TYPES = {"long": "number", "integer": "number", "boolean": "checkbox", "date": "datetime", "enum": "select"}


def translate(work: Context, node: Node) -> None:
    """Fills in the attributes of a user or manual task."""
    given = extension(node.source, "assignmentDefinition")
    told = {name: attribute(node.source, name) for name in ("assignee", "candidateUsers", "candidateGroups")}
    if given is not None:
        told = {name: text or (given.get(name) or "").strip() for name, text in told.items()}
    _persons(work, node, told)
    _groups(work, node, told["candidateGroups"])
    _due(work, node)
    if node.kind == "userTask":
        _form(work, node)


def _persons(work: Context, node: Node, told: dict[str, str]) -> None:
    for name, what in (("assignee", "办理人"), ("candidateUsers", "候选人员")):
        text = told[name]
        if text.startswith(("${", "#{", "=")):
            feel = work.feel(node.id, what, text)
            if feel is not None:
                node.attributes[camunda(name)] = f"={feel}"
        elif text:
            node.attributes[camunda(name)] = text
            work.say(node, Fate.TAKEN, f"{what}“{text}”照原样保留，请核对有没有这个账号")


def _groups(work: Context, node: Node, text: str) -> None:
    found = ""
    if text.startswith(("${", "#{", "=")):
        feel = work.feel(node.id, "候选岗位", text)
        found = f"={feel}" if feel is not None else ""
    elif text:
        named = [entry.strip() for entry in text.split(",") if entry.strip()]
        found = ",".join(dict.fromkeys(_role(work, node, name) for name in named))
    if not found and not ({camunda("assignee"), camunda("candidateUsers")} & set(node.attributes)):
        found = _by_lane(work, node)
    if found:
        node.attributes[camunda("candidateGroups")] = found


def _role(work: Context, node: Node, name: str) -> str:
    known = _known(name)
    if known is None:
        known = work.account.ask(f"group:{name}", f"“{name}”是哪个岗位", _ROLES, "文件里的候选岗位")
        if not known:
            work.say(node, Fate.CHOOSE, f"本系统没有岗位“{name}”，须选一个")
            return name
    if name not in (known, roles.label(known)):
        work.say(node, Fate.TRANSLATED, f"候选岗位“{name}”改为“{roles.label(known)}”")
    return known


def _by_lane(work: Context, node: Node) -> str:
    lane = next((lane for lane in work.graph.lanes if _outermost(work, node) in lane.nodes), None)
    if lane is not None and lane.name:
        found = _known(lane.name)
        if found is None:
            label = f"泳道“{lane.name}”由哪个岗位办理"
            found = work.account.ask(f"lane:{lane.id}", label, _ROLES, "文件里没有写候选岗位")
        if found:
            work.say(node, Fate.TRANSLATED, f"由泳道“{lane.name}”得到岗位“{roles.label(found)}”")
            return found
    else:
        found = work.account.ask(f"people:{node.id}", f"{work.named(node)}由哪个岗位办理", _ROLES)
        if found:
            work.say(node, Fate.TRANSLATED, f"岗位选为“{roles.label(found)}”")
            return found
    work.say(node, Fate.CHOOSE, "没有写明由谁办理，须选一个岗位")
    return ""


def _outermost(work: Context, node: Node) -> str:
    while node.scope:
        node = work.graph.nodes[node.scope]
    return node.id


def _known(name: str) -> str | None:
    return name if name in roles.ALL else _BY_LABEL.get(name)


def _due(work: Context, node: Node) -> None:
    schedule = extension(node.source, "taskSchedule")
    text = attribute(node.source, "dueDate") or (schedule.get("dueDate") or "" if schedule is not None else "")
    if not text:
        return
    written = text.strip().removeprefix("=").strip().strip('"')
    if written[:1] == "P" or written[:4].isdecimal():
        due = work.deadline(node, "办理期限", written)
        node.attributes[camunda("dueDate")] = f"={due}" if due else written
        return
    feel = work.feel(node.id, "办理期限", text)
    node.attributes[camunda("dueDate")] = f"={feel}" if feel is not None else text


# --- forms --------------------------------------------------------------------------------------------------------


def _form(work: Context, node: Node) -> None:
    wanted = _wanted(node)
    name = slug(wanted.rpartition("/")[2].rpartition(":")[2].removesuffix(".html").removesuffix(".json"), "")
    form_key = f"{work.key}/{name or slug(node.id, 'task')}"
    node.attributes[camunda("formKey")] = form_key
    if form_key in work.forms:
        return
    text = _embedded(work, node, wanted) or _fields(node, form_key) or _taken(work, wanted, form_key)
    if text:
        work.forms[form_key] = text
        work.say(node, Fate.TRANSLATED, f"文件里的表单改为“{form_key}”，请在“表单”里核对")
    else:
        _chosen(work, node, form_key, wanted)


def _wanted(node: Node) -> str:
    """The form that the file names, in whatever words."""
    defined = extension(node.source, "formDefinition")
    told = [attribute(node.source, "formKey"), attribute(node.source, "formRef")]
    if defined is not None:
        told += [defined.get(name) or "" for name in ("formId", "formKey", "externalReference")]
    for entry in extensions(node.source, "property"):
        if entry.get("name") == "formJsonSchemaFilename":
            told.append(entry.get("value") or "")
    return next((text.strip() for text in told if text.strip()), "")


def _chosen(work: Context, node: Node, form_key: str, wanted: str) -> None:
    options = [(_BLANK, "新建空白表单"), *((_COPY + key, f"抄“{key}”") for key in sorted(work.offers.forms))]
    hint = f"文件里写的是“{wanted}”，表单本身不在文件里" if wanted else "文件里没有表单"
    choice = work.account.ask(f"form:{form_key.rpartition('/')[2]}", f"{work.named(node)}用哪张表单", options, hint)
    if choice == _BLANK:
        work.forms[form_key] = _written(form_key, node.name or node.id, [])
        work.say(node, Fate.TRANSLATED, f"新建了空白表单“{form_key}”")
    elif choice:
        work.forms[form_key] = work.offers.forms[choice.removeprefix(_COPY)]
        work.say(node, Fate.TRANSLATED, f"表单“{form_key}”抄自“{choice.removeprefix(_COPY)}”")
    else:
        work.say(node, Fate.CHOOSE, f"{hint}，须选一张")


def _taken(work: Context, wanted: str, form_key: str) -> str:
    """The form of a process of ours that the file names by its own key."""
    return work.offers.forms.get(wanted, "") if wanted != form_key else ""


def _embedded(work: Context, node: Node, wanted: str) -> str:
    """A form-js form inside the file (Camunda 8)."""
    form_id = wanted.rpartition(":")[2]
    for around in work.root.iter():
        if is_bpmn(around) or local_name(around) != "userTaskForm" or around.get("id") != form_id:
            continue
        try:
            schema = json.loads(around.text or "")
        except (ValueError, RecursionError):
            return ""
        if isinstance(schema, dict) and isinstance(schema.get("components"), list):
            title = {**(schema.get("properties") or {}), "title": node.name or node.id}
            return _json({**schema, "schemaVersion": SCHEMA_VERSION, "properties": title})
    return ""


def _fields(node: Node, form_key: str) -> str:
    """A form from the generated form fields of Camunda 7."""
    components = [_component(field) for field in extensions(node.source, "formField") if field.get("id")]
    return _written(form_key, node.name or node.id, components) if components else ""


def _component(field: Any) -> dict[str, Any]:
    key = slug(field.get("id"), "field") if not field.get("id").isidentifier() else field.get("id")
    kind = _TYPES.get(field.get("type", ""), "textfield")
    label = field.get("label") or key
    found: dict[str, Any] = {"type": kind, "id": f"field_{key}", "key": key}
    found |= {"subtype": "date", "dateLabel": label} if kind == "datetime" else {"label": label}
    if kind == "select":
        values = [entry for entry in field if local_name(entry) == "value"]
        found["values"] = [{"value": one.get("id"), "label": one.get("name") or one.get("id")} for one in values]
    rules = {entry.get("name") for entry in field.iter() if local_name(entry) == "constraint"}
    if "required" in rules:
        found["validate"] = {"required": True}
    if "readonly" in rules:
        found["readonly"] = True
    return found


def _written(form_key: str, title: str, components: list[dict[str, Any]]) -> str:
    button = {"type": "button", "id": "submit_button", "label": f"提交{title}", "action": "submit"}
    return _json({
        "type": "default", "schemaVersion": SCHEMA_VERSION, "id": form_key.rpartition("/")[2],
        "properties": {"title": title}, "components": [*components, button],
    })


def _json(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
