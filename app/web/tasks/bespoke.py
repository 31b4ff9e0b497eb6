"""Tasks that are worked on a page of their own procedure instead of on the ordinary form.

A user task names its page by the property `page` (`selection.conditions`). A name that nobody has registered, as in
a diagram newer than the program, leaves the ordinary page with the task's form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from app.workflow.models import Task
from app.workflow.taskpage import TaskDetail

#: Property of a user task: the name under which its page is registered.
PAGE = "page"

#: Gives the address at which this task is worked on.
PageOf = Callable[[Task], str]
Source = TypeVar("Source", bound=PageOf)

_pages: dict[str, PageOf] = {}


def task_page(name: str) -> Callable[[Source], Source]:
    """Registers the function that gives the address of a task's page: `@task_page("selection.conditions")`.

    :raises ValueError: the name is taken.
    """

    def register(source: Source) -> Source:
        if _pages.get(name, source) is not source:
            raise ValueError(f"two pages are called {name}")
        _pages[name] = source
        return source

    return register


def registered() -> frozenset[str]:
    """The names of all pages."""
    return frozenset(_pages)


def page_of(detail: TaskDetail) -> str | None:
    """The address of a task's own page; None for a task that is worked on the ordinary one."""
    source = _pages.get(detail.definition.properties(detail.task.element_id).get(PAGE, ""))
    return source(detail.task) if source else None
