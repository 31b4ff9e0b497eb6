"""Tables of the workflow: definitions, instances and the projections that pages and jobs read.

Only an instance's `state` is what the engine runs from; tasks, timers and incidents are rewritten from it in the
same transaction. User ids carry no foreign key and names are copied: history names people as they were then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Instant, JsonText, db


def _partial(name: str, *columns: str, where: str) -> sa.Index:
    """An index of the rows that are still of interest; queries must repeat `where` literally (infra.md §3)."""
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


class Spec(db.Model):
    """A compiled process, stored once under the hash of its content."""

    __tablename__ = "wf_spec"

    hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text)


class Definition(db.Model):
    """One version of a process with all that belongs to it: decision tables, forms, called diagrams, scenarios.

    `outline` lists elements and flows (id, kind, name, who, article), so that no page compiles a diagram.
    """

    __tablename__ = "wf_definition"
    __table_args__ = (sa.UniqueConstraint("key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200))
    xml: Mapped[str] = mapped_column(sa.Text)
    tables: Mapped[dict[str, str]] = mapped_column(JsonText)
    forms: Mapped[dict[str, str]] = mapped_column(JsonText)
    called: Mapped[dict[str, str]] = mapped_column(JsonText)
    scenarios: Mapped[str | None] = mapped_column(sa.Text)
    outline: Mapped[dict[str, Any]] = mapped_column(JsonText)
    variable_types: Mapped[dict[str, str]] = mapped_column(JsonText)
    spec_hash: Mapped[str] = mapped_column(sa.ForeignKey("wf_spec.hash"))
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[str] = mapped_column(sa.String(12))
    note: Mapped[str | None] = mapped_column(sa.Text)
    published_at: Mapped[datetime] = mapped_column(Instant)
    published_by_id: Mapped[int | None]
    published_by_name: Mapped[str] = mapped_column(sa.String(80))
    #: `shipped` came with the product, `owner` from the studio: a restart never puts the one over the other.
    origin: Mapped[str] = mapped_column(sa.String(12), default="shipped", server_default="shipped")
    written_by: Mapped[str | None] = mapped_column(sa.Text)
    approved_by_id: Mapped[int | None]
    approved_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    restores_version: Mapped[int | None]
    #: The legal steps that a leader let pass: finding, article and his reason.
    overrides: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)


class Instance(db.Model):
    """A case. `state` is the engine's compressed text and is dropped at the end; `rev` counts its steps.

    `previous_state` and `previous_step` (history id) allow the last step to be withdrawn (撤回).
    """

    __tablename__ = "wf_instance"
    __table_args__ = (
        sa.Index("ix_wf_instance_business_key", "business_key"),
        sa.Index("ix_wf_instance_process", "process_key", "id"),
        sa.Index("ix_wf_instance_subject", "subject"),
        _partial("ix_wf_instance_live", "process_key", "definition_id", "id", where="ended_at IS NULL"),
        _partial("ix_wf_instance_suspended", "id", where="status = 'suspended'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    definition_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_definition.id"))
    spec_hash: Mapped[str] = mapped_column(sa.String(64))
    process_key: Mapped[str] = mapped_column(sa.String(80))
    business_key: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    #: What the case is about, as `type:id` (`application:147`), for finding all cases of one thing.
    subject: Mapped[str | None] = mapped_column(sa.String(80))
    status: Mapped[str] = mapped_column(sa.String(12))
    rev: Mapped[int] = mapped_column(default=0)
    state: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    previous_state: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    previous_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: The rule set in force at the start; the case follows it to its end whatever is enacted later.
    rule_set_id: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("wf_instance.id"), index=True)
    root_id: Mapped[int | None]
    open_incidents: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(Instant)
    started_by_id: Mapped[int | None]
    started_by_name: Mapped[str] = mapped_column(sa.String(80))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    end_element: Mapped[str | None] = mapped_column(sa.String(80))


class Task(db.Model):
    """Work of a person, open or done. The id is the engine's. `rev` changes with every act on the task.

    `candidate_group` is the first of `candidate_groups`; further groups stand in `wf_task_group` as well.
    `inbox_at` is `due_at`, or the far end of time, so that every database sorts tasks without a deadline last.
    """

    __tablename__ = "wf_task"
    __table_args__ = (
        _partial("ix_wf_task_group_open", "candidate_group", "inbox_at", "id",
                 where="status = 'open' AND assignee_id IS NULL"),
        _partial("ix_wf_task_assignee_open", "assignee_id", "inbox_at", "id",
                 where="status = 'open' AND assignee_id IS NOT NULL"),
        sa.Index("ix_wf_task_instance", "instance_id"),
        _partial("ix_wf_task_warn", "inbox_at", "id", where="status = 'open' AND warned < 2 AND due_at IS NOT NULL"),
        _partial("ix_wf_task_done", "completed_by_id", "completed_at", "id", where="status = 'completed'"),
    )

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_instance.id"))
    process_key: Mapped[str] = mapped_column(sa.String(80))
    business_key: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    element_id: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(200))
    lane: Mapped[str | None] = mapped_column(sa.String(80))
    item_key: Mapped[str | None] = mapped_column(sa.String(80))
    form_key: Mapped[str | None] = mapped_column(sa.String(120))
    candidate_group: Mapped[str | None] = mapped_column(sa.String(60))
    candidate_groups: Mapped[list[str]] = mapped_column(JsonText)
    candidate_user_ids: Mapped[list[int]] = mapped_column(JsonText)
    unit_id: Mapped[int | None]
    assignee_id: Mapped[int | None]
    assignee_name: Mapped[str | None] = mapped_column(sa.String(80))
    #: Whose task it is while somebody else works on it by delegation (委托).
    owner_id: Mapped[int | None]
    owner_name: Mapped[str | None] = mapped_column(sa.String(80))
    status: Mapped[str] = mapped_column(sa.String(12))
    rev: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    deadline_key: Mapped[str | None] = mapped_column(sa.String(80))
    deadline_start: Mapped[datetime | None] = mapped_column(Instant)
    provisional: Mapped[bool] = mapped_column(default=False)
    inbox_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_by_id: Mapped[int | None]
    completed_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    #: 0 nobody was told of the deadline yet, 1 told that it comes, 2 told that it is over.
    warned: Mapped[int] = mapped_column(default=0)
    pending_signers: Mapped[int] = mapped_column(default=0)
    #: What the holder submitted while signers were still to answer: {"values", "actor_id", "actor_name"}.
    submitted: Mapped[dict[str, Any] | None] = mapped_column(JsonText)


class TaskGroup(db.Model):
    """A further candidate group of an open task (the first stands on the task itself)."""

    __tablename__ = "wf_task_group"
    __table_args__ = (sa.Index("ix_wf_task_group_group", "candidate_group", "task_id"),)

    task_id: Mapped[str] = mapped_column(sa.ForeignKey("wf_task.id"), primary_key=True)
    candidate_group: Mapped[str] = mapped_column(sa.String(60), primary_key=True)


class TaskCandidate(db.Model):
    """A person named as candidate of an open task (`camunda:candidateUsers`)."""

    __tablename__ = "wf_task_candidate"
    __table_args__ = (sa.Index("ix_wf_task_candidate_user", "user_id", "task_id"),)

    task_id: Mapped[str] = mapped_column(sa.ForeignKey("wf_task.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Timer(db.Model):
    """A deadline. `due_at` is what the regulation says and pages show; `engine_at` when the engine will fire it,
    later than `due_at` while it is held; `wake_at` when a job takes it, later still after a failure."""

    __tablename__ = "wf_timer"
    __table_args__ = (
        _partial("ix_wf_timer_wake", "wake_at", "id", where="status = 'pending'"),
        _partial("ix_wf_timer_instance", "instance_id", where="status = 'pending'"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_instance.id"))
    task_id: Mapped[str] = mapped_column(sa.String(36))
    element_id: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(200))
    due_at: Mapped[datetime] = mapped_column(Instant)
    engine_at: Mapped[datetime] = mapped_column(Instant)
    wake_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(sa.String(12))
    deadline_key: Mapped[str | None] = mapped_column(sa.String(80))
    deadline_start: Mapped[datetime | None] = mapped_column(Instant)
    provisional: Mapped[bool] = mapped_column(default=False)
    #: Why it did not fire although it was due, in Chinese, or None.
    held: Mapped[str | None] = mapped_column(sa.String(200))
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Message(db.Model):
    """A message from one case to another, delivered by a job in a transaction of its own.

    An `optional` one is dropped, not tried again, when nobody waits for it.
    """

    __tablename__ = "wf_message"
    __table_args__ = (_partial("ix_wf_message_next", "next_at", "id", where="status = 'pending'"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    business_key: Mapped[str] = mapped_column(sa.String(40), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JsonText)
    sender_id: Mapped[int | None] = mapped_column(sa.ForeignKey("wf_instance.id"))
    receiver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("wf_instance.id"))
    status: Mapped[str] = mapped_column(sa.String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    optional: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str | None] = mapped_column(sa.Text)


class Incident(db.Model):
    """Something failed. `kind`: operation (stands in the state), timer, message, or request (a person's step).

    `task_id` is the engine's element or the person's task; `reference` the row that failed (timer, message).
    """

    __tablename__ = "wf_incident"
    __table_args__ = (
        _partial("ix_wf_incident_open", "instance_id", "id", where="status = 'open'"),
        _partial("ix_wf_incident_retry", "next_retry_at", "id", where="status = 'open'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("wf_instance.id"))
    kind: Mapped[str] = mapped_column(sa.String(12))
    task_id: Mapped[str | None] = mapped_column(sa.String(36))
    reference: Mapped[int | None] = mapped_column(sa.BigInteger)
    element_id: Mapped[str | None] = mapped_column(sa.String(80))
    operation: Mapped[str | None] = mapped_column(sa.String(120))
    code: Mapped[str] = mapped_column(sa.String(80))
    message: Mapped[str] = mapped_column(sa.Text)
    detail: Mapped[str] = mapped_column(sa.Text)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(sa.String(80))
    status: Mapped[str] = mapped_column(sa.String(12))
    attempts: Mapped[int] = mapped_column(default=0)
    next_retry_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_failed_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    reason: Mapped[str | None] = mapped_column(sa.Text)


class HistoryEntry(db.Model):
    """One act on a case: who, when, in words, with what was submitted and every element and flow passed by it.

    `passed` is a list of [element or flow id, name, kind, outcome, detail]. Append-only: a withdrawn step keeps
    its row, and the row of the withdrawal names it in `voids`. `heard` is what a replay of the step needs besides
    (`app.workflow.recording`); no page shows it.
    """

    __tablename__ = "wf_history"
    __table_args__ = (sa.Index("ix_wf_history_instance", "instance_id", "id"),)

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_instance.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(sa.String(80))
    act: Mapped[str] = mapped_column(sa.String(16))
    task_id: Mapped[str | None] = mapped_column(sa.String(36))
    element_id: Mapped[str | None] = mapped_column(sa.String(80))
    words: Mapped[str] = mapped_column(sa.Text)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    values: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    passed: Mapped[list[list[Any]] | None] = mapped_column(JsonText)
    voids: Mapped[int | None] = mapped_column(sa.BigInteger)
    heard: Mapped[dict[str, Any] | None] = mapped_column(JsonText)


class Comment(db.Model):
    """A remark on a case (留言), by someone who may see it."""

    __tablename__ = "wf_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_instance.id"), index=True)
    task_id: Mapped[str | None] = mapped_column(sa.ForeignKey("wf_task.id"))
    author_id: Mapped[int | None]
    author_name: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    text: Mapped[str] = mapped_column(sa.Text)


class Attachment(db.Model):
    """A stored document linked to a case; `document_id` is the id under which the upload store keeps it."""

    __tablename__ = "wf_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_instance.id"), index=True)
    task_id: Mapped[str | None] = mapped_column(sa.ForeignKey("wf_task.id"))
    document_id: Mapped[str] = mapped_column(sa.String(80))
    filename: Mapped[str] = mapped_column(sa.String(200))
    #: Bytes.
    size: Mapped[int]
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime] = mapped_column(Instant)


class Draft(db.Model):
    """What one person typed into one task and did not submit."""

    __tablename__ = "wf_draft"
    __table_args__ = (sa.UniqueConstraint("task_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(sa.ForeignKey("wf_task.id"))
    user_id: Mapped[int]
    values: Mapped[dict[str, Any]] = mapped_column(JsonText)
    saved_at: Mapped[datetime] = mapped_column(Instant)
    #: The task's `rev` when this was saved.
    task_rev: Mapped[int]
    #: Where the text comes from if not from the person's own 存草稿, in Chinese.
    origin: Mapped[str | None] = mapped_column(sa.String(200))
