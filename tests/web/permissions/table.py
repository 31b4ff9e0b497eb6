"""Who may open which page: the expected table, written by hand and compared with the application.

A new route needs a line in ROUTES; a new permission needs a line in ROLES. `PUBLIC` is anybody, `SIGNED_IN` any role.
Which single object somebody may see beyond that (his own task, his own files) is tested where the object lives.
"""

from __future__ import annotations

PUBLIC = "(public)"
SIGNED_IN = "(signed in)"

REVIEWER, LEADER, CLERK = "bureau_reviewer", "bureau_leader", "center_clerk"
ORGANISER, DEPT_LEADER, WITNESS = "dept_organiser", "dept_leader", "discipline_witness"
EXPERT, OWNER = "expert", "process_owner"
SYSTEM, SECURITY, AUDITOR = "system_admin", "security_admin", "auditor"
EVERYBODY = (
    REVIEWER, LEADER, CLERK, ORGANISER, DEPT_LEADER, WITNESS, EXPERT, OWNER, SYSTEM, SECURITY, AUDITOR,
)  # fmt: skip

#: Permission -> the roles that hold it.
ROLES: dict[str, tuple[str, ...]] = {
    "task.work": (REVIEWER, LEADER, CLERK, ORGANISER, DEPT_LEADER, WITNESS, EXPERT, OWNER),
    "task.manage": (LEADER, CLERK, OWNER),
    "case.read": (REVIEWER, LEADER, CLERK, WITNESS),
    "application.read": (REVIEWER, LEADER, CLERK),
    "application.receive": (CLERK,),
    "objection.read": (REVIEWER, LEADER),
    "objection.receive": (REVIEWER, CLERK),
    "expert.read": (REVIEWER, LEADER, CLERK),
    "expert.own": (EXPERT,),
    "personal.reveal": (REVIEWER, CLERK),
    "publicity.publish": (CLERK,),
    "outbox.read": (CLERK, SYSTEM),
    "incident.read": (OWNER, SYSTEM),
    "incident.mend": (OWNER,),
    "process.read": (REVIEWER, LEADER, CLERK, OWNER, WITNESS),
    "process.edit": (OWNER,),
    "rules.read": (REVIEWER, LEADER, CLERK, OWNER, AUDITOR),
    "rules.continue": (LEADER,),
    "rules.edit": (OWNER,),
    "account.read": (SYSTEM, SECURITY, AUDITOR),
    "account.create": (SYSTEM,),
    "role.grant": (SECURITY,),
    "session.end": (SECURITY,),
    "audit.read": (AUDITOR,),
    "system.health": (SYSTEM, OWNER),
    "activity.manage": (ORGANISER,),
    "activity.read": (ORGANISER, DEPT_LEADER, WITNESS, REVIEWER, LEADER, CLERK, AUDITOR),
    "designation.decide": (DEPT_LEADER, ORGANISER),
    "draw.witness": (WITNESS,),
    "draw.audit": (AUDITOR,),
    "invitation.own": (EXPERT,),
    "invitation.phone": (CLERK, ORGANISER),
    "deputy.appoint": (DEPT_LEADER,),
}

#: Endpoint -> the permission its page needs.
ROUTES: dict[str, str] = {
    # the address itself, reading, preferences
    "home.start": PUBLIC,
    "home.begin": PUBLIC,
    "about.regulation": PUBLIC,
    "about.accessibility": PUBLIC,
    "preferences.text_size": PUBLIC,
    # the demo (not there in production)
    "demo.start": PUBLIC,
    "demo.enter": PUBLIC,
    "demo.move_clock": PUBLIC,
    "demo.choose_date": PUBLIC,
    "demo.move_to_date": PUBLIC,
    "demo.confirm_reset": PUBLIC,
    "demo.reset": PUBLIC,
    "demo.outbox": PUBLIC,
    # logging in, own account
    "auth.login": PUBLIC,
    "auth.log_in": PUBLIC,
    "auth.code": PUBLIC,
    "auth.check_code": PUBLIC,
    "auth.logout": PUBLIC,
    "auth.first_login": PUBLIC,
    "auth.use_first_login": PUBLIC,
    "auth.account": SIGNED_IN,
    "auth.change_password": SIGNED_IN,
    "auth.set_password": SIGNED_IN,
    "auth.second_factor": SIGNED_IN,
    "auth.set_second_factor": SIGNED_IN,
    # applicants, who have no account: number and code decide
    "apply.start": PUBLIC,
    "apply.begin": PUBLIC,
    "apply.resume": PUBLIC,
    "apply.request_code": PUBLIC,
    "apply.code": PUBLIC,
    "apply.enter_code": PUBLIC,
    "apply.go_on": PUBLIC,
    "apply.step": PUBLIC,
    "apply.save": PUBLIC,
    "apply.upload": PUBLIC,
    "apply.content": PUBLIC,
    "apply.remove": PUBLIC,
    "apply.review": PUBLIC,
    "apply.submit": PUBLIC,
    "apply.confirm_discard": PUBLIC,
    "apply.discard": PUBLIC,
    "apply.paper": "application.receive",
    "apply.begin_paper": "application.receive",
    "apply.open_paper": "application.receive",
    "status.find": PUBLIC,
    "status.show": PUBLIC,
    "status.form_document": PUBLIC,
    "status.letter": PUBLIC,
    "status.confirm_withdrawal": PUBLIC,
    "status.withdraw": PUBLIC,
    # the public: front page, publicity board, objections (real name, no account)
    "public.index": PUBLIC,
    "publicity_board.index": PUBLIC,
    "publicity_board.show": PUBLIC,
    "publicity_board.choose": PUBLIC,
    "publicity_board.objection": PUBLIC,
    "publicity_board.file_objection": PUBLIC,
    "publicity_board.filed": PUBLIC,
    # files: the rule of the file's owner decides
    "files.download": PUBLIC,
    # inbox and tasks
    "inbox.index": "task.work",
    "inbox.pick": "task.work",
    "inbox.take_next": "task.work",
    "tasks.page": "task.work",
    "tasks.work": "task.work",
    "tasks.claim": "task.work",
    "tasks.ask_release": "task.work",
    "tasks.release": "task.work",
    "tasks.comment": "task.work",
    "tasks.attach": "task.work",
    "tasks.verb": "task.work",
    "tasks.act": "task.work",
    "messages.index": SIGNED_IN,
    "messages.mark_read": SIGNED_IN,
    # publishing a batch, taking in objections on paper
    "publishing.compose": "publicity.publish",
    "publishing.publish": "publicity.publish",
    "objections.index": "objection.receive",
    "objections.show": SIGNED_IN,  # leads to the case, which decides
    "objections.intake": "objection.receive",
    "objections.receive": "objection.receive",
    # the expert's own pages
    "mine.appointment": "expert.own",
    "mine.letter": "expert.own",
    # invitations: by single-use link (the link is the key), or after log-in
    "invitation_links.show": PUBLIC,
    "invitation_links.answer": PUBLIC,
    "invitation_links.late": PUBLIC,
    "invitation_links.calendar": PUBLIC,
    "own_invitations.index": "invitation.own",
    "own_invitations.show": "invitation.own",
    "own_invitations.answer": "invitation.own",
    "own_invitations.late": "invitation.own",
    "own_invitations.calendar": "invitation.own",
    "own_invitations.leave": "invitation.own",
    "own_invitations.ask_leave": "invitation.own",
    "own_invitations.recuse": "invitation.own",
    "own_invitations.ask_recusal": "invitation.own",
    # cases
    "cases.index": "case.read",
    "cases.detail": SIGNED_IN,
    "cases.diagram": SIGNED_IN,
    "cases.state": SIGNED_IN,
    "cases.application_form": "application.read",
    "cases.appointment_letter": "application.read",
    "cases.decision_letter": "objection.read",
    "cases.mark_read": SIGNED_IN,
    "cases.ask_void": "task.manage",
    "cases.void": "task.manage",
    # the diagrams in force
    "processes.index": "process.read",
    "processes.detail": "process.read",
    "processes.diagram": "process.read",
    # rule sets, calendar, 沿用 decisions
    "rules.index": "rules.read",
    "rules.calendar": "rules.read",
    "rules.continuation": "rules.continue",
    "rules.record_continuation": "rules.continue",
    # registers and unmasking
    "experts.index": "expert.read",
    "experts.detail": "expert.read",
    "reveal.ask": "personal.reveal",
    "reveal.show": "personal.reveal",
    # the SMS gateway, which has a token of its own
    "sms.take_report": PUBLIC,
    # outbox and incidents
    "outbox.index": "outbox.read",
    "outbox.detail": "outbox.read",
    "outbox.retry": "outbox.read",
    "incidents.index": "incident.read",
    "incidents.detail": "incident.read",
    "incidents.retry": "incident.mend",
    "incidents.retry_all": "incident.mend",
    "incidents.skip": "incident.mend",
    # the three administrators
    "admin.accounts": "account.read",
    "admin.account": "account.read",
    "admin.new_account": "account.create",
    "admin.open_account": "account.create",
    "admin.edit_account": "account.create",
    "admin.change_account": "account.create",
    "admin.confirm_disable": "account.create",
    "admin.disable": "account.create",
    "admin.renew_link": "account.create",
    "admin.grant_roles": "role.grant",
    "admin.end_sessions": "session.end",
    "admin.unlock": "session.end",
    "admin.remove_second_factor": "session.end",
    "audit.trail": "audit.read",
    "audit.verify": "audit.read",
}
