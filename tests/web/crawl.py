"""Walks the product by its own links, as somebody of a role would with patience."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.web.house_rules import HouseClient, Page

#: Of one kind of page (one endpoint) so many are opened.
EXAMPLES = 3
#: The demo's mailbox shows everybody's letters; their links are for whom they were written to.
OTHERS_LETTERS = "demo.outbox"


@dataclass
class Walk:
    """What a walk came by: endpoint -> paths opened, and every link that led to no page."""

    reached: dict[str, list[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


def walk(
    app: Flask, client: HouseClient, start: str, examples: int = EXAMPLES, leave: tuple[str, ...] = ()
) -> Walk:
    """Opens every page reached from `start` by links of this site, `examples` of each endpoint.

    Addresses that end in one of `leave` are not opened: files, for those who look for pages only.

    A link that is shown leads somewhere: what answers with anything but a page or a file is broken.
    """
    done, opened = Walk(), Counter[str]()
    waiting, seen = deque([(start, "")]), {start}
    while waiting:
        path, shown_on = waiting.popleft()
        endpoint = _endpoint(app, path)
        opened[endpoint] += 1
        if opened[endpoint] > examples:
            continue
        answer = client.get(path, follow_redirects=True)
        if answer.status_code != 200:
            done.broken.append(f"{path} on {shown_on}: {answer.status_code} {endpoint}")
        elif answer.mimetype == "text/html":
            done.reached.setdefault(endpoint, []).append(path)
            if endpoint == OTHERS_LETTERS:
                continue
            for target in _own_links(Page(answer), path):
                if target not in seen and not urlsplit(target).path.endswith(leave):
                    seen.add(target)
                    waiting.append((target, path))
    return done


def _own_links(page: Page, path: str) -> Iterator[str]:
    for target in page.links().values():
        local = urldefrag(target).url
        if local.startswith("?"):
            local = urlsplit(path).path + local
        if local.startswith("/"):
            yield local


def _endpoint(app: Flask, path: str) -> str:
    try:
        found, _ = app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")
    except HTTPException:
        return "nothing"
    return str(found)
