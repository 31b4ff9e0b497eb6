"""Lay the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draft_no', sa.String(length=20), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=True),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('intake', sa.String(length=10), nullable=False),
    sa.Column('receipt_no', sa.String(length=40), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('steps_done', sa.Text(), nullable=False),
    sa.Column('phone', sa.LargeBinary(), nullable=False),
    sa.Column('phone_verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('email', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('live_index', sa.String(length=64), nullable=True),
    sa.Column('name', sa.String(length=40), nullable=True),
    sa.Column('sex', sa.String(length=2), nullable=True),
    sa.Column('id_number', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_index', sa.String(length=64), nullable=True),
    sa.Column('birth_month', sa.String(length=7), nullable=True),
    sa.Column('native_place', sa.String(length=60), nullable=True),
    sa.Column('political_status', sa.String(length=20), nullable=True),
    sa.Column('unit_name', sa.String(length=120), nullable=True),
    sa.Column('unit_uscc', sa.String(length=18), nullable=True),
    sa.Column('unit_nature', sa.String(length=20), nullable=True),
    sa.Column('unit_nature_other', sa.String(length=40), nullable=True),
    sa.Column('address', sa.String(length=200), nullable=True),
    sa.Column('department', sa.String(length=80), nullable=True),
    sa.Column('post', sa.String(length=60), nullable=True),
    sa.Column('post_level', sa.String(length=20), nullable=True),
    sa.Column('manages_projects', sa.Boolean(), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=True),
    sa.Column('title_level', sa.String(length=10), nullable=True),
    sa.Column('title_series', sa.String(length=20), nullable=True),
    sa.Column('equivalent', sa.String(length=120), nullable=True),
    sa.Column('exemption', sa.String(length=40), nullable=True),
    sa.Column('employed', sa.Boolean(), nullable=False),
    sa.Column('industry', sa.String(length=60), nullable=True),
    sa.Column('professional_years', sa.Integer(), nullable=True),
    sa.Column('directions', sa.Text(), nullable=False),
    sa.Column('direction_other', sa.String(length=40), nullable=True),
    sa.Column('experience_text', sa.Text(), nullable=True),
    sa.Column('no_reviews', sa.Boolean(), nullable=False),
    sa.Column('recommendation_text', sa.Text(), nullable=True),
    sa.Column('recommended_on', sa.Date(), nullable=True),
    sa.Column('signature', sa.String(length=40), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('route', sa.String(length=4), nullable=True),
    sa.Column('related_years', sa.Integer(), nullable=True),
    sa.Column('priority', sa.Boolean(), nullable=False),
    sa.Column('end_reason', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
    sa.UniqueConstraint('draft_no', name=op.f('uq_application_draft_no')),
    sa.UniqueConstraint('live_index', name=op.f('uq_application_live_index')),
    sa.UniqueConstraint('number', name=op.f('uq_application_number'))
    )
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_id_number_index'), ['id_number_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_name'), ['name'], unique=False)
        batch_op.create_index('ix_application_state_submitted_at', ['state', 'submitted_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_unit_name'), ['unit_name'], unique=False)

    op.create_table('audit_entry',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=80), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=True),
    sa.Column('action', sa.String(length=80), nullable=False),
    sa.Column('subject_type', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.String(length=80), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_action'), ['action'], unique=False)
        batch_op.create_index('ix_audit_entry_actor', ['actor_id', 'seq'], unique=False)
        batch_op.create_index('ix_audit_entry_subject', ['subject_type', 'subject_id', 'seq'], unique=False)

    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_table('calendar_year',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('notice_number', sa.String(length=80), nullable=True),
    sa.Column('proposed_by', sa.Integer(), nullable=True),
    sa.Column('proposed_by_name', sa.String(length=80), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_by_name', sa.String(length=80), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status IN ('proposed', 'official', 'replaced')", name=op.f('ck_calendar_year_status')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_year'))
    )
    with op.batch_alter_table('calendar_year', schema=None) as batch_op:
        batch_op.create_index('ix_calendar_year_year_status', ['year', 'status'], unique=False)

    op.create_table('inbox_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('template', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('subject_type', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox_message'))
    )
    with op.batch_alter_table('inbox_message', schema=None) as batch_op:
        batch_op.create_index('ix_inbox_message_user', ['user_id', 'id'], unique=False)

    op.create_table('number_series',
    sa.Column('prefix', sa.String(length=8), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('prefix', 'year', name=op.f('pk_number_series'))
    )
    op.create_table('objection',
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('candidate_name', sa.String(length=40), nullable=False),
    sa.Column('candidate_unit', sa.String(length=120), nullable=True),
    sa.Column('application_no', sa.String(length=20), nullable=True),
    sa.Column('batch_no', sa.String(length=20), nullable=True),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('delivery', sa.String(length=24), nullable=False),
    sa.Column('objector_name', sa.LargeBinary(), nullable=True),
    sa.Column('objector_id_number', sa.LargeBinary(), nullable=True),
    sa.Column('objector_uscc', sa.LargeBinary(), nullable=True),
    sa.Column('objector_contact', sa.LargeBinary(), nullable=True),
    sa.Column('objector_phone', sa.LargeBinary(), nullable=True),
    sa.Column('objector_email', sa.LargeBinary(), nullable=True),
    sa.Column('objector_address', sa.LargeBinary(), nullable=True),
    sa.Column('phone_verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('matter', sa.LargeBinary(), nullable=False),
    sa.Column('grounds', sa.LargeBinary(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('postmark', sa.Date(), nullable=True),
    sa.Column('period_ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('in_period', sa.Boolean(), nullable=False),
    sa.Column('real_name', sa.Boolean(), nullable=False),
    sa.Column('on_board', sa.Boolean(), nullable=False),
    sa.Column('acceptance_due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acceptance_deemed', sa.Boolean(), nullable=False),
    sa.Column('acceptance_reason', sa.Text(), nullable=True),
    sa.Column('decision_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('investigated_by', sa.Integer(), nullable=True),
    sa.Column('investigated_by_name', sa.String(length=80), nullable=True),
    sa.Column('suggestion', sa.String(length=10), nullable=True),
    sa.Column('investigation', sa.LargeBinary(), nullable=True),
    sa.Column('upheld', sa.Boolean(), nullable=True),
    sa.Column('decision_reasons', sa.LargeBinary(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_by_name', sa.String(length=80), nullable=True),
    sa.Column('notified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('overdue_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('holds', sa.Boolean(), nullable=False),
    sa.Column('rule_set_code', sa.String(length=20), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_objection'))
    )
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_objection_application_no'), ['application_no'], unique=False)
        batch_op.create_index(batch_op.f('ix_objection_batch_no'), ['batch_no'], unique=False)
        batch_op.create_index(batch_op.f('ix_objection_state'), ['state'], unique=False)

    op.create_table('objector_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('phone_index', sa.String(length=64), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objector_code'))
    )
    with op.batch_alter_table('objector_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_objector_code_phone_index'), ['phone_index'], unique=False)

    op.create_table('outbox_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('template', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('subject_type', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.String(length=80), nullable=False),
    sa.Column('reply_to', sa.String(length=40), nullable=True),
    sa.Column('recipient_user_id', sa.Integer(), nullable=True),
    sa.Column('recipient_name', sa.LargeBinary(), nullable=False),
    sa.Column('recipient_masked', sa.String(length=80), nullable=False),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('email', sa.LargeBinary(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('plan', sa.Text(), nullable=False),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('attempts_in_all', sa.Integer(), nullable=False),
    sa.Column('next_attempt_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_token', sa.String(length=36), nullable=True),
    sa.Column('idem_key', sa.String(length=36), nullable=False),
    sa.Column('provider_reference', sa.String(length=120), nullable=True),
    sa.Column('last_error', sa.String(length=300), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_name', sa.String(length=80), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status IN ('pending', 'sending', 'sent', 'dead')", name=op.f('ck_outbox_message_status')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_message')),
    sa.UniqueConstraint('idem_key', name=op.f('uq_outbox_message_idem_key'))
    )
    with op.batch_alter_table('outbox_message', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_message_dead', ['id'], unique=False, sqlite_where=sa.text("status = 'dead'"), postgresql_where=sa.text("status = 'dead'"))
        batch_op.create_index('ix_outbox_message_due', ['next_attempt_at', 'id'], unique=False, sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))
        batch_op.create_index('ix_outbox_message_expiring', ['expires_at'], unique=False, sqlite_where=sa.text('expires_at IS NOT NULL AND body IS NOT NULL'), postgresql_where=sa.text('expires_at IS NOT NULL AND body IS NOT NULL'))
        batch_op.create_index('ix_outbox_message_leased', ['lease_until'], unique=False, sqlite_where=sa.text("status = 'sending'"), postgresql_where=sa.text("status = 'sending'"))
        batch_op.create_index('ix_outbox_message_provider_reference', ['provider_reference'], unique=False, sqlite_where=sa.text('provider_reference IS NOT NULL'), postgresql_where=sa.text('provider_reference IS NOT NULL'))
        batch_op.create_index('ix_outbox_message_subject', ['subject_type', 'subject_id'], unique=False)

    op.create_table('proposed_expert',
    sa.Column('application_no', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('unit_name', sa.String(length=120), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('directions', sa.Text(), nullable=False),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('email', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('listed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('batch_no', sa.String(length=20), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('open_objections', sa.Integer(), nullable=False),
    sa.Column('upheld_objections', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('application_no', name=op.f('pk_proposed_expert'))
    )
    with op.batch_alter_table('proposed_expert', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposed_expert_batch_no'), ['batch_no'], unique=False)
        batch_op.create_index(batch_op.f('ix_proposed_expert_state'), ['state'], unique=False)

    op.create_table('publicity_batch',
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('document_no', sa.String(length=60), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('site_address', sa.String(length=300), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('close_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_by_name', sa.String(length=80), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_publicity_batch'))
    )
    with op.batch_alter_table('publicity_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_publicity_batch_published_at'), ['published_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_publicity_batch_state'), ['state'], unique=False)

    op.create_table('rule_set',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.CheckConstraint("status IN ('draft', 'in_force', 'withdrawn')", name=op.f('ck_rule_set_status')),
    sa.CheckConstraint('valid_from <= valid_to', name=op.f('ck_rule_set_dates')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_set')),
    sa.UniqueConstraint('code', name=op.f('uq_rule_set_code'))
    )
    op.create_table('setting',
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_setting'))
    )
    op.create_table('stored_file',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('owner_type', sa.String(length=40), nullable=False),
    sa.Column('owner_id', sa.String(length=80), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('original_name', sa.String(length=160), nullable=False),
    sa.Column('media_type', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('scanned_by', sa.String(length=80), nullable=True),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=True),
    sa.Column('uploaded_by_name', sa.String(length=80), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deleted_reason', sa.String(length=200), nullable=True),
    sa.Column('purged_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file'))
    )
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.create_index('ix_stored_file_owner', ['owner_type', 'owner_id'], unique=False)
        batch_op.create_index('ix_stored_file_purged_at_deleted_at', ['purged_at', 'deleted_at'], unique=False)

    op.create_table('unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uscc', sa.String(length=18), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('nature', sa.String(length=20), nullable=False),
    sa.Column('nature_other', sa.String(length=40), nullable=True),
    sa.Column('checked', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('uscc', name=op.f('uq_unit_uscc'))
    )
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_name'), ['name'], unique=False)

    op.create_table('user_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('phone', sa.LargeBinary(), nullable=True),
    sa.Column('phone_index', sa.String(length=64), nullable=True),
    sa.Column('email', sa.LargeBinary(), nullable=True),
    sa.Column('email_index', sa.String(length=64), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('unit_name', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('password_changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('failed_attempts', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('session_token', sa.String(length=64), nullable=False),
    sa.Column('session_started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('session_address', sa.String(length=64), nullable=True),
    sa.Column('totp_secret', sa.LargeBinary(), nullable=True),
    sa.Column('totp_step', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('login', name=op.f('uq_user_account_login')),
    sa.UniqueConstraint('session_token', name=op.f('uq_user_account_session_token'))
    )
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_account_email_index'), ['email_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_user_account_phone_index'), ['phone_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_user_account_unit_id'), ['unit_id'], unique=False)

    op.create_table('wf_spec',
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_wf_spec'))
    )
    op.create_table('activity',
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('classified', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('project_unit_id', sa.Integer(), nullable=False),
    sa.Column('organiser_unit_id', sa.Integer(), nullable=False),
    sa.Column('organiser_unit_name', sa.String(length=120), nullable=False),
    sa.Column('organiser_id', sa.Integer(), nullable=False),
    sa.Column('organiser_name', sa.String(length=40), nullable=False),
    sa.Column('contact_phone', sa.String(length=30), nullable=False),
    sa.Column('leader_id', sa.Integer(), nullable=False),
    sa.Column('leader_name', sa.String(length=40), nullable=False),
    sa.Column('witness_id', sa.Integer(), nullable=True),
    sa.Column('witness_name', sa.String(length=40), nullable=True),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('half_days', sa.Integer(), nullable=False),
    sa.Column('city', sa.String(length=40), nullable=False),
    sa.Column('address', sa.String(length=160), nullable=False),
    sa.Column('panel_size', sa.Integer(), nullable=False),
    sa.Column('conditions_version', sa.Integer(), nullable=False),
    sa.Column('draw_no', sa.Integer(), nullable=False),
    sa.Column('invitations', sa.Integer(), nullable=False),
    sa.Column('times_rescheduled', sa.Integer(), nullable=False),
    sa.Column('shortage', sa.String(length=200), nullable=True),
    sa.Column('list_confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('final_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('panel_leader_expert_id', sa.Integer(), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('meeting_note', sa.String(length=500), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancel_reason', sa.String(length=300), nullable=True),
    sa.Column('rule_set_code', sa.String(length=20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_unit_id'], ['unit.id'], name=op.f('fk_activity_project_unit_id_unit')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_activity'))
    )
    with op.batch_alter_table('activity', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activity_starts_at'), ['starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_activity_state'), ['state'], unique=False)
        batch_op.create_index('ix_activity_unit_starts', ['organiser_unit_id', 'starts_at'], unique=False)

    op.create_table('application_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('target', sa.LargeBinary(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_code_application_id_application')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_code'))
    )
    with op.batch_alter_table('application_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_code_application_id'), ['application_id'], unique=False)

    op.create_table('application_commitment',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('item', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('text_hash', sa.String(length=64), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_commitment_application_id_application')),
    sa.PrimaryKeyConstraint('application_id', 'version', 'item', name=op.f('pk_application_commitment'))
    )
    op.create_table('application_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.String(length=20), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('route', sa.String(length=4), nullable=True),
    sa.Column('opinion', sa.Text(), nullable=True),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_by_name', sa.String(length=80), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_decision_application_id_application')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_decision'))
    )
    with op.batch_alter_table('application_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_decision_application_id'), ['application_id'], unique=False)

    op.create_table('application_education',
    sa.Column('school', sa.String(length=80), nullable=False),
    sa.Column('major', sa.String(length=80), nullable=False),
    sa.Column('degree', sa.String(length=20), nullable=False),
    sa.Column('graduated', sa.String(length=7), nullable=False),
    sa.Column('informatization', sa.Boolean(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_education_application_id_application')),
    sa.PrimaryKeyConstraint('application_id', 'position', name=op.f('pk_application_education'))
    )
    op.create_table('application_experience',
    sa.Column('since', sa.String(length=7), nullable=False),
    sa.Column('until', sa.String(length=7), nullable=True),
    sa.Column('unit', sa.String(length=120), nullable=False),
    sa.Column('post', sa.String(length=60), nullable=False),
    sa.Column('duty', sa.String(length=300), nullable=True),
    sa.Column('related', sa.Boolean(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_experience_application_id_application')),
    sa.PrimaryKeyConstraint('application_id', 'position', name=op.f('pk_application_experience'))
    )
    op.create_table('application_licence',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_licence_application_id_application')),
    sa.PrimaryKeyConstraint('application_id', 'position', name=op.f('pk_application_licence'))
    )
    op.create_table('application_past_review',
    sa.Column('project', sa.String(length=160), nullable=False),
    sa.Column('reviewed', sa.String(length=7), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_past_review_application_id_application')),
    sa.PrimaryKeyConstraint('application_id', 'position', name=op.f('pk_application_past_review'))
    )
    op.create_table('application_supplement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('items', sa.Text(), nullable=False),
    sa.Column('opinion', sa.Text(), nullable=True),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lapsed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_supplement_application_id_application')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_supplement'))
    )
    with op.batch_alter_table('application_supplement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_supplement_application_id'), ['application_id'], unique=False)

    op.create_table('application_title_cert',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=True),
    sa.Column('issuer', sa.String(length=80), nullable=True),
    sa.Column('number', sa.String(length=60), nullable=True),
    sa.Column('issued', sa.String(length=7), nullable=True),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_title_cert_application_id_application')),
    sa.PrimaryKeyConstraint('application_id', 'position', name=op.f('pk_application_title_cert'))
    )
    op.create_table('application_version',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('file_ids', sa.Text(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_version_application_id_application')),
    sa.PrimaryKeyConstraint('application_id', 'version', name=op.f('pk_application_version'))
    )
    op.create_table('deputy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('principal_user_id', sa.Integer(), nullable=False),
    sa.Column('deputy_user_id', sa.Integer(), nullable=False),
    sa.Column('begins_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['deputy_user_id'], ['user_account.id'], name=op.f('fk_deputy_deputy_user_id_user_account')),
    sa.ForeignKeyConstraint(['principal_user_id'], ['user_account.id'], name=op.f('fk_deputy_principal_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deputy'))
    )
    with op.batch_alter_table('deputy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deputy_deputy_user_id'), ['deputy_user_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_deputy_principal_user_id'), ['principal_user_id'], unique=False)

    op.create_table('expert',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('sex', sa.String(length=2), nullable=False),
    sa.Column('id_number', sa.LargeBinary(), nullable=False),
    sa.Column('id_number_index', sa.String(length=64), nullable=False),
    sa.Column('phone', sa.LargeBinary(), nullable=False),
    sa.Column('phone_index', sa.String(length=64), nullable=False),
    sa.Column('email', sa.LargeBinary(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('department', sa.String(length=80), nullable=True),
    sa.Column('post', sa.String(length=60), nullable=True),
    sa.Column('post_level', sa.String(length=20), nullable=True),
    sa.Column('title', sa.String(length=60), nullable=True),
    sa.Column('title_level', sa.String(length=10), nullable=True),
    sa.Column('title_series', sa.String(length=20), nullable=True),
    sa.Column('exemption', sa.String(length=40), nullable=True),
    sa.Column('route', sa.String(length=4), nullable=True),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('leave_until', sa.Date(), nullable=True),
    sa.Column('suspended_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('suspension_reason', sa.String(length=200), nullable=True),
    sa.Column('removed_on', sa.Date(), nullable=True),
    sa.Column('removal_ground', sa.String(length=8), nullable=True),
    sa.Column('classified_verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('application_no', sa.String(length=20), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_expert_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert')),
    sa.UniqueConstraint('id_number_index', name=op.f('uq_expert_id_number_index')),
    sa.UniqueConstraint('number', name=op.f('uq_expert_number'))
    )
    with op.batch_alter_table('expert', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_expert_application_no'), ['application_no'], unique=False)
        batch_op.create_index(batch_op.f('ix_expert_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_expert_phone_index'), ['phone_index'], unique=False)
        batch_op.create_index('ix_expert_state_number', ['state', 'number'], unique=False)
        batch_op.create_index(batch_op.f('ix_expert_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_expert_user_id'), ['user_id'], unique=False)

    op.create_table('first_login_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_first_login_link_user_id_user_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_first_login_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_first_login_link_token_hash'))
    )
    with op.batch_alter_table('first_login_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_first_login_link_user_id'), ['user_id'], unique=False)

    op.create_table('objection_letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('objection_no', sa.String(length=20), nullable=False),
    sa.Column('party', sa.String(length=10), nullable=False),
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('document_no', sa.String(length=40), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deliveries', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['objection_no'], ['objection.number'], name=op.f('fk_objection_letter_objection_no_objection')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection_letter'))
    )
    with op.batch_alter_table('objection_letter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_objection_letter_objection_no'), ['objection_no'], unique=False)

    op.create_table('outbox_attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('filename', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['outbox_message.id'], name=op.f('fk_outbox_attachment_message_id_outbox_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_attachment'))
    )
    with op.batch_alter_table('outbox_attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_attachment_message_id'), ['message_id'], unique=False)

    op.create_table('outbox_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.String(length=36), nullable=False),
    sa.Column('reference', sa.String(length=120), nullable=True),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('delivered', 'failed')", name=op.f('ck_outbox_report_status')),
    sa.ForeignKeyConstraint(['message_id'], ['outbox_message.id'], name=op.f('fk_outbox_report_message_id_outbox_message')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_report')),
    sa.UniqueConstraint('request_id', name=op.f('uq_outbox_report_request_id'))
    )
    with op.batch_alter_table('outbox_report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_report_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_report_reference'), ['reference'], unique=False)

    op.create_table('parameter_value',
    sa.Column('rule_set_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['rule_set_id'], ['rule_set.id'], name=op.f('fk_parameter_value_rule_set_id_rule_set')),
    sa.PrimaryKeyConstraint('rule_set_id', 'key', name=op.f('pk_parameter_value'))
    )
    op.create_table('publicity_item',
    sa.Column('application_no', sa.String(length=20), nullable=False),
    sa.Column('batch_no', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('unit_name', sa.String(length=120), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('directions', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['batch_no'], ['publicity_batch.number'], name=op.f('fk_publicity_item_batch_no_publicity_batch')),
    sa.PrimaryKeyConstraint('application_no', name=op.f('pk_publicity_item')),
    sa.UniqueConstraint('batch_no', 'position', name=op.f('uq_publicity_item_batch_no_position'))
    )
    with op.batch_alter_table('publicity_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_publicity_item_batch_no'), ['batch_no'], unique=False)

    op.create_table('rule_set_continuation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rule_set_id', sa.Integer(), nullable=False),
    sa.Column('from_date', sa.Date(), nullable=False),
    sa.Column('to_date', sa.Date(), nullable=True),
    sa.Column('document_number', sa.String(length=80), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_by_name', sa.String(length=80), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['rule_set_id'], ['rule_set.id'], name=op.f('fk_rule_set_continuation_rule_set_id_rule_set')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_set_continuation'))
    )
    op.create_table('user_role',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=32), nullable=False),
    sa.Column('granted_by', sa.String(length=40), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_user_role_user_id_user_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'role', name=op.f('pk_user_role'))
    )
    with op.batch_alter_table('user_role', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_role_role'), ['role'], unique=False)

    op.create_table('wf_definition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('xml', sa.Text(), nullable=False),
    sa.Column('tables', sa.Text(), nullable=False),
    sa.Column('forms', sa.Text(), nullable=False),
    sa.Column('called', sa.Text(), nullable=False),
    sa.Column('scenarios', sa.Text(), nullable=True),
    sa.Column('outline', sa.Text(), nullable=False),
    sa.Column('variable_types', sa.Text(), nullable=False),
    sa.Column('spec_hash', sa.String(length=64), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.Column('published_by_name', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['spec_hash'], ['wf_spec.hash'], name=op.f('fk_wf_definition_spec_hash_wf_spec')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_definition')),
    sa.UniqueConstraint('key', 'version', name=op.f('uq_wf_definition_key_version'))
    )
    op.create_table('workday',
    sa.Column('calendar_year_id', sa.Integer(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('is_work', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['calendar_year_id'], ['calendar_year.id'], name=op.f('fk_workday_calendar_year_id_calendar_year')),
    sa.PrimaryKeyConstraint('calendar_year_id', 'date', name=op.f('pk_workday'))
    )
    op.create_table('activity_conditions',
    sa.Column('activity_no', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('counts', sa.Text(), nullable=True),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_by_id', sa.Integer(), nullable=True),
    sa.Column('saved_by_name', sa.String(length=40), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('approved_by_name', sa.String(length=40), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approval_outcome', sa.String(length=10), nullable=True),
    sa.Column('approval_reason', sa.String(length=300), nullable=True),
    sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['activity_no'], ['activity.number'], name=op.f('fk_activity_conditions_activity_no_activity')),
    sa.PrimaryKeyConstraint('activity_no', 'version', name=op.f('pk_activity_conditions'))
    )
    op.create_table('activity_recusal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_no', sa.String(length=20), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('expert_id', sa.Integer(), nullable=True),
    sa.Column('source', sa.String(length=24), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('after_lock', sa.Boolean(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=True),
    sa.Column('recorded_by_name', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['activity_no'], ['activity.number'], name=op.f('fk_activity_recusal_activity_no_activity')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_activity_recusal_expert_id_expert')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_activity_recusal_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_recusal'))
    )
    with op.batch_alter_table('activity_recusal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activity_recusal_activity_no'), ['activity_no'], unique=False)

    op.create_table('designation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_no', sa.String(length=20), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('expert_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('after_draw', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('requested_by_id', sa.Integer(), nullable=True),
    sa.Column('requested_by_name', sa.String(length=40), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_by_name', sa.String(length=40), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_reason', sa.String(length=300), nullable=True),
    sa.Column('opened_in_draw', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['activity_no'], ['activity.number'], name=op.f('fk_designation_activity_no_activity')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_designation_expert_id_expert')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_designation')),
    sa.UniqueConstraint('activity_no', 'seq', name=op.f('uq_designation_activity_no_seq'))
    )
    with op.batch_alter_table('designation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_designation_activity_no'), ['activity_no'], unique=False)
        batch_op.create_index(batch_op.f('ix_designation_expert_id'), ['expert_id'], unique=False)

    op.create_table('expert_direction',
    sa.Column('expert_id', sa.Integer(), nullable=False),
    sa.Column('direction', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('other', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_expert_direction_expert_id_expert')),
    sa.PrimaryKeyConstraint('expert_id', 'direction', name=op.f('pk_expert_direction'))
    )
    with op.batch_alter_table('expert_direction', schema=None) as batch_op:
        batch_op.create_index('ix_expert_direction_direction', ['direction', 'expert_id'], unique=False)

    op.create_table('expert_term',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('expert_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('start_on', sa.Date(), nullable=False),
    sa.Column('end_on', sa.Date(), nullable=False),
    sa.Column('appointment_no', sa.String(length=20), nullable=False),
    sa.Column('application_no', sa.String(length=20), nullable=True),
    sa.Column('rule_set_code', sa.String(length=20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_expert_term_expert_id_expert')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert_term')),
    sa.UniqueConstraint('appointment_no', name=op.f('uq_expert_term_appointment_no')),
    sa.UniqueConstraint('expert_id', 'seq', name=op.f('uq_expert_term_expert_id_seq'))
    )
    with op.batch_alter_table('expert_term', schema=None) as batch_op:
        batch_op.create_index('ix_expert_term_end', ['end_on', 'expert_id'], unique=False)

    op.create_table('expert_tie',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('expert_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('unit_name', sa.String(length=120), nullable=False),
    sa.Column('person', sa.LargeBinary(), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_expert_tie_expert_id_expert')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_expert_tie_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert_tie'))
    )
    with op.batch_alter_table('expert_tie', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_expert_tie_expert_id'), ['expert_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_expert_tie_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index('ix_expert_tie_unit_name', ['unit_name'], unique=False)

    op.create_table('panel_draw',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_no', sa.String(length=20), nullable=False),
    sa.Column('draw_no', sa.Integer(), nullable=False),
    sa.Column('conditions_version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('conditions', sa.Text(), nullable=False),
    sa.Column('candidate_count', sa.Integer(), nullable=False),
    sa.Column('list_hash', sa.String(length=64), nullable=False),
    sa.Column('cond_hash', sa.String(length=64), nullable=False),
    sa.Column('commit', sa.String(length=64), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=True),
    sa.Column('committed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(length=300), nullable=True),
    sa.Column('revealed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('signed_by_id', sa.Integer(), nullable=True),
    sa.Column('signed_by_name', sa.String(length=40), nullable=True),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['activity_no'], ['activity.number'], name=op.f('fk_panel_draw_activity_no_activity')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_draw')),
    sa.UniqueConstraint('activity_no', 'draw_no', name=op.f('uq_panel_draw_activity_no_draw_no'))
    )
    with op.batch_alter_table('panel_draw', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_panel_draw_activity_no'), ['activity_no'], unique=False)

    op.create_table('reentry_bar',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('id_number_index', sa.String(length=64), nullable=False),
    sa.Column('expert_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_reason', sa.String(length=300), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_reentry_bar_expert_id_expert')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reentry_bar'))
    )
    with op.batch_alter_table('reentry_bar', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reentry_bar_expert_id'), ['expert_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_reentry_bar_id_number_index'), ['id_number_index'], unique=False)

    op.create_table('wf_instance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('definition_id', sa.Integer(), nullable=False),
    sa.Column('spec_hash', sa.String(length=64), nullable=False),
    sa.Column('process_key', sa.String(length=80), nullable=False),
    sa.Column('business_key', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=True),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.Column('state', sa.LargeBinary(), nullable=True),
    sa.Column('previous_state', sa.LargeBinary(), nullable=True),
    sa.Column('previous_step', sa.BigInteger(), nullable=True),
    sa.Column('rule_set_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('root_id', sa.Integer(), nullable=True),
    sa.Column('open_incidents', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_by_id', sa.Integer(), nullable=True),
    sa.Column('started_by_name', sa.String(length=80), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_element', sa.String(length=80), nullable=True),
    sa.ForeignKeyConstraint(['definition_id'], ['wf_definition.id'], name=op.f('fk_wf_instance_definition_id_wf_definition')),
    sa.ForeignKeyConstraint(['parent_id'], ['wf_instance.id'], name=op.f('fk_wf_instance_parent_id_wf_instance')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_instance'))
    )
    with op.batch_alter_table('wf_instance', schema=None) as batch_op:
        batch_op.create_index('ix_wf_instance_business_key', ['business_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_wf_instance_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index('ix_wf_instance_process', ['process_key', 'id'], unique=False)
        batch_op.create_index('ix_wf_instance_subject', ['subject'], unique=False)

    op.create_table('draw_contribution',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draw_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('value', sa.String(length=128), nullable=False),
    sa.Column('manner', sa.String(length=10), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('user_name', sa.String(length=40), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['draw_id'], ['panel_draw.id'], name=op.f('fk_draw_contribution_draw_id_panel_draw')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draw_contribution')),
    sa.UniqueConstraint('draw_id', 'role', name=op.f('uq_draw_contribution_draw_id_role'))
    )
    with op.batch_alter_table('draw_contribution', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_draw_contribution_draw_id'), ['draw_id'], unique=False)

    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('activity_no', sa.String(length=20), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('expert_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(length=20), nullable=False),
    sa.Column('designation_id', sa.Integer(), nullable=True),
    sa.Column('draw_id', sa.Integer(), nullable=True),
    sa.Column('round_no', sa.Integer(), nullable=True),
    sa.Column('pid', sa.String(length=32), nullable=True),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('combined', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('send_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer_way', sa.String(length=24), nullable=True),
    sa.Column('answered_by_name', sa.String(length=40), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=True),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('details_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('leave_reason', sa.String(length=300), nullable=True),
    sa.Column('ineligible', sa.String(length=16), nullable=True),
    sa.Column('late_reply_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('late_reply', sa.String(length=20), nullable=True),
    sa.Column('attendance', sa.String(length=24), nullable=True),
    sa.Column('signed_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['activity_no'], ['activity.number'], name=op.f('fk_invitation_activity_no_activity')),
    sa.ForeignKeyConstraint(['designation_id'], ['designation.id'], name=op.f('fk_invitation_designation_id_designation')),
    sa.ForeignKeyConstraint(['draw_id'], ['panel_draw.id'], name=op.f('fk_invitation_draw_id_panel_draw')),
    sa.ForeignKeyConstraint(['expert_id'], ['expert.id'], name=op.f('fk_invitation_expert_id_expert')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('activity_no', 'seq', name=op.f('uq_invitation_activity_no_seq')),
    sa.UniqueConstraint('number', name=op.f('uq_invitation_number'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_activity_no'), ['activity_no'], unique=False)
        batch_op.create_index('ix_invitation_expert_state', ['expert_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_invitation_state'), ['state'], unique=False)

    op.create_table('panel_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draw_id', sa.Integer(), nullable=False),
    sa.Column('round_no', sa.Integer(), nullable=False),
    sa.Column('retained', sa.Text(), nullable=False),
    sa.Column('ineligible', sa.Text(), nullable=False),
    sa.Column('opened', sa.Text(), nullable=False),
    sa.Column('log', sa.Text(), nullable=False),
    sa.Column('seats', sa.Text(), nullable=False),
    sa.Column('complete', sa.Boolean(), nullable=False),
    sa.Column('shortage', sa.String(length=200), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['draw_id'], ['panel_draw.id'], name=op.f('fk_panel_round_draw_id_panel_draw')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_round')),
    sa.UniqueConstraint('draw_id', 'round_no', name=op.f('uq_panel_round_draw_id_round_no'))
    )
    with op.batch_alter_table('panel_round', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_panel_round_draw_id'), ['draw_id'], unique=False)

    op.create_table('wf_history',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('instance_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=80), nullable=False),
    sa.Column('act', sa.String(length=16), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=True),
    sa.Column('element_id', sa.String(length=80), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('values', sa.Text(), nullable=True),
    sa.Column('passed', sa.Text(), nullable=True),
    sa.Column('voids', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['instance_id'], ['wf_instance.id'], name=op.f('fk_wf_history_instance_id_wf_instance')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_history'))
    )
    with op.batch_alter_table('wf_history', schema=None) as batch_op:
        batch_op.create_index('ix_wf_history_instance', ['instance_id', 'id'], unique=False)

    op.create_table('wf_incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=True),
    sa.Column('reference', sa.BigInteger(), nullable=True),
    sa.Column('element_id', sa.String(length=80), nullable=True),
    sa.Column('operation', sa.String(length=120), nullable=True),
    sa.Column('code', sa.String(length=80), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=80), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_retry_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_failed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by_name', sa.String(length=80), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['instance_id'], ['wf_instance.id'], name=op.f('fk_wf_incident_instance_id_wf_instance')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_incident'))
    )
    with op.batch_alter_table('wf_incident', schema=None) as batch_op:
        batch_op.create_index('ix_wf_incident_open', ['instance_id', 'id'], unique=False, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))
        batch_op.create_index('ix_wf_incident_retry', ['next_retry_at', 'id'], unique=False, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))

    op.create_table('wf_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('business_key', sa.String(length=40), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('sender_id', sa.Integer(), nullable=True),
    sa.Column('receiver_id', sa.Integer(), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('optional', sa.Boolean(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['receiver_id'], ['wf_instance.id'], name=op.f('fk_wf_message_receiver_id_wf_instance')),
    sa.ForeignKeyConstraint(['sender_id'], ['wf_instance.id'], name=op.f('fk_wf_message_sender_id_wf_instance')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_message'))
    )
    with op.batch_alter_table('wf_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wf_message_business_key'), ['business_key'], unique=False)
        batch_op.create_index('ix_wf_message_next', ['next_at', 'id'], unique=False, sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))

    op.create_table('wf_task',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('instance_id', sa.Integer(), nullable=False),
    sa.Column('process_key', sa.String(length=80), nullable=False),
    sa.Column('business_key', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('element_id', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('lane', sa.String(length=80), nullable=True),
    sa.Column('item_key', sa.String(length=80), nullable=True),
    sa.Column('form_key', sa.String(length=120), nullable=True),
    sa.Column('candidate_group', sa.String(length=60), nullable=True),
    sa.Column('candidate_groups', sa.Text(), nullable=False),
    sa.Column('candidate_user_ids', sa.Text(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('assignee_name', sa.String(length=80), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('owner_name', sa.String(length=80), nullable=True),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('rev', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('deadline_key', sa.String(length=80), nullable=True),
    sa.Column('deadline_start', sa.DateTime(timezone=True), nullable=True),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('inbox_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed_by_id', sa.Integer(), nullable=True),
    sa.Column('completed_by_name', sa.String(length=80), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('warned', sa.Integer(), nullable=False),
    sa.Column('pending_signers', sa.Integer(), nullable=False),
    sa.Column('submitted', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['instance_id'], ['wf_instance.id'], name=op.f('fk_wf_task_instance_id_wf_instance')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_task'))
    )
    with op.batch_alter_table('wf_task', schema=None) as batch_op:
        batch_op.create_index('ix_wf_task_assignee_open', ['assignee_id', 'inbox_at', 'id'], unique=False, sqlite_where=sa.text("status = 'open' AND assignee_id IS NOT NULL"), postgresql_where=sa.text("status = 'open' AND assignee_id IS NOT NULL"))
        batch_op.create_index('ix_wf_task_done', ['completed_by_id', 'completed_at', 'id'], unique=False, sqlite_where=sa.text("status = 'completed'"), postgresql_where=sa.text("status = 'completed'"))
        batch_op.create_index('ix_wf_task_group_open', ['candidate_group', 'inbox_at', 'id'], unique=False, sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL"), postgresql_where=sa.text("status = 'open' AND assignee_id IS NULL"))
        batch_op.create_index('ix_wf_task_instance', ['instance_id'], unique=False)
        batch_op.create_index('ix_wf_task_warn', ['inbox_at', 'id'], unique=False, sqlite_where=sa.text("status = 'open' AND warned < 2 AND due_at IS NOT NULL"), postgresql_where=sa.text("status = 'open' AND warned < 2 AND due_at IS NOT NULL"))

    op.create_table('wf_timer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('instance_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=False),
    sa.Column('element_id', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('engine_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('wake_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('deadline_key', sa.String(length=80), nullable=True),
    sa.Column('deadline_start', sa.DateTime(timezone=True), nullable=True),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('held', sa.String(length=200), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['instance_id'], ['wf_instance.id'], name=op.f('fk_wf_timer_instance_id_wf_instance')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_timer'))
    )
    with op.batch_alter_table('wf_timer', schema=None) as batch_op:
        batch_op.create_index('ix_wf_timer_instance', ['instance_id'], unique=False, sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))
        batch_op.create_index('ix_wf_timer_wake', ['wake_at', 'id'], unique=False, sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))

    op.create_table('invitation_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('invitation_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['invitation_id'], ['invitation.id'], name=op.f('fk_invitation_link_invitation_id_invitation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_link_token_hash'))
    )
    with op.batch_alter_table('invitation_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_link_invitation_id'), ['invitation_id'], unique=False)

    op.create_table('wf_attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=True),
    sa.Column('document_id', sa.String(length=80), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['wf_instance.id'], name=op.f('fk_wf_attachment_instance_id_wf_instance')),
    sa.ForeignKeyConstraint(['task_id'], ['wf_task.id'], name=op.f('fk_wf_attachment_task_id_wf_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_attachment'))
    )
    with op.batch_alter_table('wf_attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wf_attachment_instance_id'), ['instance_id'], unique=False)

    op.create_table('wf_comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author_name', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['wf_instance.id'], name=op.f('fk_wf_comment_instance_id_wf_instance')),
    sa.ForeignKeyConstraint(['task_id'], ['wf_task.id'], name=op.f('fk_wf_comment_task_id_wf_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_comment'))
    )
    with op.batch_alter_table('wf_comment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wf_comment_instance_id'), ['instance_id'], unique=False)

    op.create_table('wf_copy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('instance_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('user_name', sa.String(length=80), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['instance_id'], ['wf_instance.id'], name=op.f('fk_wf_copy_instance_id_wf_instance')),
    sa.ForeignKeyConstraint(['task_id'], ['wf_task.id'], name=op.f('fk_wf_copy_task_id_wf_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_copy')),
    sa.UniqueConstraint('instance_id', 'user_id', name=op.f('uq_wf_copy_instance_id_user_id'))
    )
    with op.batch_alter_table('wf_copy', schema=None) as batch_op:
        batch_op.create_index('ix_wf_copy_user', ['user_id', 'id'], unique=False)

    op.create_table('wf_delegation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('from_id', sa.Integer(), nullable=True),
    sa.Column('from_name', sa.String(length=80), nullable=True),
    sa.Column('to_id', sa.Integer(), nullable=False),
    sa.Column('to_name', sa.String(length=80), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['task_id'], ['wf_task.id'], name=op.f('fk_wf_delegation_task_id_wf_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_delegation'))
    )
    with op.batch_alter_table('wf_delegation', schema=None) as batch_op:
        batch_op.create_index('ix_wf_delegation_from', ['from_id', 'id'], unique=False)
        batch_op.create_index('ix_wf_delegation_task', ['task_id'], unique=False)

    op.create_table('wf_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('values', sa.Text(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('task_rev', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['task_id'], ['wf_task.id'], name=op.f('fk_wf_draft_task_id_wf_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_draft')),
    sa.UniqueConstraint('task_id', 'user_id', name=op.f('uq_wf_draft_task_id_user_id'))
    )
    op.create_table('wf_signer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('user_name', sa.String(length=80), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_by_name', sa.String(length=80), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('request', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('agrees', sa.Boolean(), nullable=True),
    sa.Column('opinion', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['task_id'], ['wf_task.id'], name=op.f('fk_wf_signer_task_id_wf_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wf_signer')),
    sa.UniqueConstraint('task_id', 'user_id', name=op.f('uq_wf_signer_task_id_user_id'))
    )
    with op.batch_alter_table('wf_signer', schema=None) as batch_op:
        batch_op.create_index('ix_wf_signer_user_open', ['user_id', 'task_id'], unique=False, sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))

    op.create_table('wf_task_candidate',
    sa.Column('task_id', sa.String(length=36), nullable=False),
    sa.Column('user_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['wf_task.id'], name=op.f('fk_wf_task_candidate_task_id_wf_task')),
    sa.PrimaryKeyConstraint('task_id', 'user_id', name=op.f('pk_wf_task_candidate'))
    )
    with op.batch_alter_table('wf_task_candidate', schema=None) as batch_op:
        batch_op.create_index('ix_wf_task_candidate_user', ['user_id', 'task_id'], unique=False)

    op.create_table('wf_task_group',
    sa.Column('task_id', sa.String(length=36), nullable=False),
    sa.Column('candidate_group', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['wf_task.id'], name=op.f('fk_wf_task_group_task_id_wf_task')),
    sa.PrimaryKeyConstraint('task_id', 'candidate_group', name=op.f('pk_wf_task_group'))
    )
    with op.batch_alter_table('wf_task_group', schema=None) as batch_op:
        batch_op.create_index('ix_wf_task_group_group', ['candidate_group', 'task_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('wf_task_group', schema=None) as batch_op:
        batch_op.drop_index('ix_wf_task_group_group')

    op.drop_table('wf_task_group')
    with op.batch_alter_table('wf_task_candidate', schema=None) as batch_op:
        batch_op.drop_index('ix_wf_task_candidate_user')

    op.drop_table('wf_task_candidate')
    with op.batch_alter_table('wf_signer', schema=None) as batch_op:
        batch_op.drop_index('ix_wf_signer_user_open', sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))

    op.drop_table('wf_signer')
    op.drop_table('wf_draft')
    with op.batch_alter_table('wf_delegation', schema=None) as batch_op:
        batch_op.drop_index('ix_wf_delegation_task')
        batch_op.drop_index('ix_wf_delegation_from')

    op.drop_table('wf_delegation')
    with op.batch_alter_table('wf_copy', schema=None) as batch_op:
        batch_op.drop_index('ix_wf_copy_user')

    op.drop_table('wf_copy')
    with op.batch_alter_table('wf_comment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_wf_comment_instance_id'))

    op.drop_table('wf_comment')
    with op.batch_alter_table('wf_attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_wf_attachment_instance_id'))

    op.drop_table('wf_attachment')
    with op.batch_alter_table('invitation_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitation_link_invitation_id'))

    op.drop_table('invitation_link')
    with op.batch_alter_table('wf_timer', schema=None) as batch_op:
        batch_op.drop_index('ix_wf_timer_wake', sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))
        batch_op.drop_index('ix_wf_timer_instance', sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))

    op.drop_table('wf_timer')
    with op.batch_alter_table('wf_task', schema=None) as batch_op:
        batch_op.drop_index('ix_wf_task_warn', sqlite_where=sa.text("status = 'open' AND warned < 2 AND due_at IS NOT NULL"), postgresql_where=sa.text("status = 'open' AND warned < 2 AND due_at IS NOT NULL"))
        batch_op.drop_index('ix_wf_task_instance')
        batch_op.drop_index('ix_wf_task_group_open', sqlite_where=sa.text("status = 'open' AND assignee_id IS NULL"), postgresql_where=sa.text("status = 'open' AND assignee_id IS NULL"))
        batch_op.drop_index('ix_wf_task_done', sqlite_where=sa.text("status = 'completed'"), postgresql_where=sa.text("status = 'completed'"))
        batch_op.drop_index('ix_wf_task_assignee_open', sqlite_where=sa.text("status = 'open' AND assignee_id IS NOT NULL"), postgresql_where=sa.text("status = 'open' AND assignee_id IS NOT NULL"))

    op.drop_table('wf_task')
    with op.batch_alter_table('wf_message', schema=None) as batch_op:
        batch_op.drop_index('ix_wf_message_next', sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))
        batch_op.drop_index(batch_op.f('ix_wf_message_business_key'))

    op.drop_table('wf_message')
    with op.batch_alter_table('wf_incident', schema=None) as batch_op:
        batch_op.drop_index('ix_wf_incident_retry', sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))
        batch_op.drop_index('ix_wf_incident_open', sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))

    op.drop_table('wf_incident')
    with op.batch_alter_table('wf_history', schema=None) as batch_op:
        batch_op.drop_index('ix_wf_history_instance')

    op.drop_table('wf_history')
    with op.batch_alter_table('panel_round', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_panel_round_draw_id'))

    op.drop_table('panel_round')
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitation_state'))
        batch_op.drop_index('ix_invitation_expert_state')
        batch_op.drop_index(batch_op.f('ix_invitation_activity_no'))

    op.drop_table('invitation')
    with op.batch_alter_table('draw_contribution', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_draw_contribution_draw_id'))

    op.drop_table('draw_contribution')
    with op.batch_alter_table('wf_instance', schema=None) as batch_op:
        batch_op.drop_index('ix_wf_instance_subject')
        batch_op.drop_index('ix_wf_instance_process')
        batch_op.drop_index(batch_op.f('ix_wf_instance_parent_id'))
        batch_op.drop_index('ix_wf_instance_business_key')

    op.drop_table('wf_instance')
    with op.batch_alter_table('reentry_bar', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reentry_bar_id_number_index'))
        batch_op.drop_index(batch_op.f('ix_reentry_bar_expert_id'))

    op.drop_table('reentry_bar')
    with op.batch_alter_table('panel_draw', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_panel_draw_activity_no'))

    op.drop_table('panel_draw')
    with op.batch_alter_table('expert_tie', schema=None) as batch_op:
        batch_op.drop_index('ix_expert_tie_unit_name')
        batch_op.drop_index(batch_op.f('ix_expert_tie_unit_id'))
        batch_op.drop_index(batch_op.f('ix_expert_tie_expert_id'))

    op.drop_table('expert_tie')
    with op.batch_alter_table('expert_term', schema=None) as batch_op:
        batch_op.drop_index('ix_expert_term_end')

    op.drop_table('expert_term')
    with op.batch_alter_table('expert_direction', schema=None) as batch_op:
        batch_op.drop_index('ix_expert_direction_direction')

    op.drop_table('expert_direction')
    with op.batch_alter_table('designation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_designation_expert_id'))
        batch_op.drop_index(batch_op.f('ix_designation_activity_no'))

    op.drop_table('designation')
    with op.batch_alter_table('activity_recusal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_activity_recusal_activity_no'))

    op.drop_table('activity_recusal')
    op.drop_table('activity_conditions')
    op.drop_table('workday')
    op.drop_table('wf_definition')
    with op.batch_alter_table('user_role', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_role_role'))

    op.drop_table('user_role')
    op.drop_table('rule_set_continuation')
    with op.batch_alter_table('publicity_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_publicity_item_batch_no'))

    op.drop_table('publicity_item')
    op.drop_table('parameter_value')
    with op.batch_alter_table('outbox_report', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_report_reference'))
        batch_op.drop_index(batch_op.f('ix_outbox_report_message_id'))

    op.drop_table('outbox_report')
    with op.batch_alter_table('outbox_attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_attachment_message_id'))

    op.drop_table('outbox_attachment')
    with op.batch_alter_table('objection_letter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_objection_letter_objection_no'))

    op.drop_table('objection_letter')
    with op.batch_alter_table('first_login_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_first_login_link_user_id'))

    op.drop_table('first_login_link')
    with op.batch_alter_table('expert', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_expert_user_id'))
        batch_op.drop_index(batch_op.f('ix_expert_unit_id'))
        batch_op.drop_index('ix_expert_state_number')
        batch_op.drop_index(batch_op.f('ix_expert_phone_index'))
        batch_op.drop_index(batch_op.f('ix_expert_name'))
        batch_op.drop_index(batch_op.f('ix_expert_application_no'))

    op.drop_table('expert')
    with op.batch_alter_table('deputy', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deputy_principal_user_id'))
        batch_op.drop_index(batch_op.f('ix_deputy_deputy_user_id'))

    op.drop_table('deputy')
    op.drop_table('application_version')
    op.drop_table('application_title_cert')
    with op.batch_alter_table('application_supplement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_supplement_application_id'))

    op.drop_table('application_supplement')
    op.drop_table('application_past_review')
    op.drop_table('application_licence')
    op.drop_table('application_experience')
    op.drop_table('application_education')
    with op.batch_alter_table('application_decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_decision_application_id'))

    op.drop_table('application_decision')
    op.drop_table('application_commitment')
    with op.batch_alter_table('application_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_code_application_id'))

    op.drop_table('application_code')
    with op.batch_alter_table('activity', schema=None) as batch_op:
        batch_op.drop_index('ix_activity_unit_starts')
        batch_op.drop_index(batch_op.f('ix_activity_state'))
        batch_op.drop_index(batch_op.f('ix_activity_starts_at'))

    op.drop_table('activity')
    op.drop_table('wf_spec')
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_account_unit_id'))
        batch_op.drop_index(batch_op.f('ix_user_account_phone_index'))
        batch_op.drop_index(batch_op.f('ix_user_account_email_index'))

    op.drop_table('user_account')
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_name'))

    op.drop_table('unit')
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.drop_index('ix_stored_file_purged_at_deleted_at')
        batch_op.drop_index('ix_stored_file_owner')

    op.drop_table('stored_file')
    op.drop_table('setting')
    op.drop_table('rule_set')
    with op.batch_alter_table('publicity_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_publicity_batch_state'))
        batch_op.drop_index(batch_op.f('ix_publicity_batch_published_at'))

    op.drop_table('publicity_batch')
    with op.batch_alter_table('proposed_expert', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposed_expert_state'))
        batch_op.drop_index(batch_op.f('ix_proposed_expert_batch_no'))

    op.drop_table('proposed_expert')
    with op.batch_alter_table('outbox_message', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_message_subject')
        batch_op.drop_index('ix_outbox_message_provider_reference', sqlite_where=sa.text('provider_reference IS NOT NULL'), postgresql_where=sa.text('provider_reference IS NOT NULL'))
        batch_op.drop_index('ix_outbox_message_leased', sqlite_where=sa.text("status = 'sending'"), postgresql_where=sa.text("status = 'sending'"))
        batch_op.drop_index('ix_outbox_message_expiring', sqlite_where=sa.text('expires_at IS NOT NULL AND body IS NOT NULL'), postgresql_where=sa.text('expires_at IS NOT NULL AND body IS NOT NULL'))
        batch_op.drop_index('ix_outbox_message_due', sqlite_where=sa.text("status = 'pending'"), postgresql_where=sa.text("status = 'pending'"))
        batch_op.drop_index('ix_outbox_message_dead', sqlite_where=sa.text("status = 'dead'"), postgresql_where=sa.text("status = 'dead'"))

    op.drop_table('outbox_message')
    with op.batch_alter_table('objector_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_objector_code_phone_index'))

    op.drop_table('objector_code')
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_objection_state'))
        batch_op.drop_index(batch_op.f('ix_objection_batch_no'))
        batch_op.drop_index(batch_op.f('ix_objection_application_no'))

    op.drop_table('objection')
    op.drop_table('number_series')
    with op.batch_alter_table('inbox_message', schema=None) as batch_op:
        batch_op.drop_index('ix_inbox_message_user')

    op.drop_table('inbox_message')
    with op.batch_alter_table('calendar_year', schema=None) as batch_op:
        batch_op.drop_index('ix_calendar_year_year_status')

    op.drop_table('calendar_year')
    op.drop_table('audit_head')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entry_subject')
        batch_op.drop_index('ix_audit_entry_actor')
        batch_op.drop_index(batch_op.f('ix_audit_entry_action'))

    op.drop_table('audit_entry')
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_unit_name'))
        batch_op.drop_index('ix_application_state_submitted_at')
        batch_op.drop_index(batch_op.f('ix_application_name'))
        batch_op.drop_index(batch_op.f('ix_application_id_number_index'))

    op.drop_table('application')
