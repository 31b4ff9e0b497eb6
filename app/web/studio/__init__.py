"""流程: where process owners draw, prove and publish processes, forms and decision tables."""

from __future__ import annotations

from flask import Flask

from app.identity import roles
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    # Each module hangs its routes on the blueprint; one line a module, in alphabetical order.
    from app.web.studio import (  # noqa: F401
        acts,
        approval,
        archives,
        catalogue,
        comparing,
        diagram,
        foreign,
        form_preview,
        forms,
        index,
        migrations,
        process,
        replays,
        scenarios,
        tables,
        trials,
    )
    from app.web.studio.blueprint import studio

    app.register_blueprint(studio)
    scenarios.register(app)
    readers = frozenset({roles.PROCESS_OWNER, roles.BUREAU_LEADER})
    navigation.staff_page("studio.index", "流程", order=50, roles=readers, count=index.waiting_count)
    owners = frozenset({roles.PROCESS_OWNER})
    navigation.staff_page("studio.forms_index", "表单", order=51, roles=owners)
    navigation.staff_page("studio.tables_index", "决策表", order=52, roles=owners)
