"""What stands in the header's navigation: each area of the web layer registers its own item.

An item whose page is not there, or is not for this person's roles, is not shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request, url_for

from app.core.actor import Actor

Count = Callable[[Actor], int | None]


@dataclass(frozen=True)
class Item:
    """A page of the navigation. Without `roles` it is for everyone who is signed in.

    `areas`: other blueprints whose pages are reached from this one and count as its own.
    """

    endpoint: str
    label: str
    order: int
    roles: frozenset[str] = frozenset()
    count: Count | None = None
    is_public: bool = False
    areas: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Entry:
    """An item as this person sees it now."""

    label: str
    url: str
    is_current: bool
    count: int | None


_items: dict[str, Item] = {}


def staff_page(
    endpoint: str,
    label: str,
    *,
    order: int,
    roles: frozenset[str] = frozenset(),
    count: Count | None = None,
    areas: frozenset[str] = frozenset(),
) -> None:
    """Puts a page into the navigation of those signed in; `count` says how many things wait there."""
    _items[endpoint] = Item(endpoint, label, order, roles, count, areas=areas)


def public_page(endpoint: str, label: str, *, order: int) -> None:
    """Puts a page into the public navigation."""
    _items[endpoint] = Item(endpoint, label, order, is_public=True)


def registered() -> tuple[Item, ...]:
    """Every item, whether or not its page is there."""
    return tuple(_items.values())


def entries(actor: Actor | None) -> list[Entry]:
    """The navigation for `actor`, or the public one without an actor."""
    items = sorted((item for item in _items.values() if _is_for(item, actor)), key=lambda item: item.order)
    return [_entry(item, actor) for item in items]


def _is_for(item: Item, actor: Actor | None) -> bool:
    if item.endpoint not in current_app.view_functions or item.is_public != (actor is None):
        return False
    return not item.roles or (actor is not None and actor.has(*item.roles))


def _entry(item: Item, actor: Actor | None) -> Entry:
    count = item.count(actor) if item.count and actor else None
    return Entry(item.label, url_for(item.endpoint), _is_current(item.endpoint), count or None)


def _is_current(endpoint: str) -> bool:
    if request.endpoint in _items:
        return request.endpoint == endpoint
    if request.blueprint in _items[endpoint].areas:
        return True
    area = endpoint.rpartition(".")[0]
    return request.blueprint == area and endpoint == _parent(area)


def _parent(area: str) -> str | None:
    """The item under which a page of a blueprint stands that is no item itself.

    The blueprint's only item; of several the one that is written in the module of the page, otherwise the first.
    """
    siblings = [other for other in _items if other.rpartition(".")[0] == area]
    near = [other for other in siblings if _module(other) == _module(request.endpoint)]
    found = near if len(near) == 1 else siblings
    return min(found, key=lambda other: _items[other].order, default=None)


def _module(endpoint: str | None) -> str | None:
    view = current_app.view_functions.get(endpoint or "")
    return view.__module__ if view else None
