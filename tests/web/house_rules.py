"""A test client that holds every page it fetches to the rules of the house (design language, style.md §7).

`client.get` and `client.post` check each HTML answer; `post` carries a valid CSRF token unless told not to.
"""

from __future__ import annotations

import copy
import itertools
import re
import secrets
from collections import Counter
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from lxml import html
from werkzeug.test import TestResponse

_FORBIDDEN_WORDS = ("请注意", "温馨提示", "系统错误", "！", "Undefined", "{{", "{%", "Traceback")
_BARE_BUTTONS = frozenset({"确定", "提交", "OK", "是", "否", "取消", "保存"})
_UNLABELLED = frozenset({"hidden", "submit", "button", "image", "reset"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class HouseClient(FlaskClient):
    """Flask's test client with the rules of the house."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        assert not has_app_context(), "a request inside a pushed context would share its session and user"
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303, 307, 308):
            broken = broken_rules(answer.get_data(as_text=True))
            assert not broken, f"{answer.request.path}: " + "; ".join(broken)
        return answer

    def post(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        """As Flask's, with a CSRF token in form data unless `csrf` is False."""
        data = kwargs.get("data")
        if csrf and (data is None or isinstance(data, dict)) and "json" not in kwargs:
            kwargs["data"] = {"csrf_token": self.csrf_token(), **(data or {})}
        return super().post(*args, **kwargs)

    def csrf_token(self) -> str:
        """A token that belongs to this client's session."""
        key = self.application.config["SECRET_KEY"]
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw))

    def page(self, path: str, status: int = 200) -> Page:
        """The page at `path`, following redirects, which must answer with `status`."""
        answer = self.get(path, follow_redirects=True)
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{Page(answer).text[:800]}"
        return Page(answer)


class Page:
    """An answer as a person reads it."""

    def __init__(self, answer: TestResponse) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.path = answer.request.path
        self.root = html.fromstring(answer.get_data(as_text=True))

    @property
    def title(self) -> str:
        """What stands in the tab."""
        return str(self.root.findtext(".//title") or "")

    @property
    def heading(self) -> str:
        """The h1."""
        return _words(self.root.find(".//h1"))

    @property
    def text(self) -> str:
        """The words of the main part, white space evened out."""
        main = self.root.find(".//main")
        return _words(self.root if main is None else main)

    @property
    def errors(self) -> dict[str, str]:
        """The error summary: field -> message."""
        links = self.root.xpath('//*[contains(@class, "zk-errors")]//a')
        return {link.get("href", "").removeprefix("#"): _words(link) for link in links}

    def links(self) -> dict[str, str]:
        """Words -> address of every link."""
        return {_words(link): link.get("href", "") for link in self.root.iter("a")}

    def typed(self, name: str) -> str | None:
        """What stands in the control of this name."""
        for control in self.root.xpath(f'//*[@name="{name}"]'):
            if control.tag == "select":
                return next((str(option.get("value")) for option in control.xpath(".//option[@selected]")), "")
            if control.get("type") in ("radio", "checkbox"):
                if control.get("checked") is not None:
                    return str(control.get("value", "on"))
                continue
            return str(control.text or "") if control.tag == "textarea" else str(control.get("value", ""))
        return None


def broken_rules(text: str) -> list[str]:
    """Every rule that this page breaks, in words."""
    root = html.fromstring(text)
    return [*_frame(root), *_security(root), *_labels(root), *_language(root)]


def _frame(root: Any) -> list[str]:
    found = []
    if root.get("lang") != "zh-CN":
        found.append("html without lang=zh-CN")
    if len(root.findall(".//title")) != 1 or "智库" not in (root.findtext(".//title") or ""):
        found.append("no title of the house")
    if len(root.findall(".//h1")) != 1:
        found.append(f"{len(root.findall('.//h1'))} h1 instead of one")
    if len(root.findall(".//main")) != 1:
        found.append("not exactly one main")
    levels = [_HEADINGS.index(node.tag) for node in root.iter(*_HEADINGS)]
    found += [f"h{after + 1} follows h{before + 1}" for before, after in itertools.pairwise(levels)
              if after > before + 1]
    doubled = [key for key, count in Counter(root.xpath("//@id")).items() if count > 1]
    return found + [f"id {key} stands {doubled.count(key) + 1} times" for key in doubled]


def _security(root: Any) -> list[str]:
    found = [f"inline script: {(node.text or '')[:40]!r}" for node in root.iter("script")
             if not node.get("src") and node.get("type") != "application/json"]
    found += ["a style element" for _ in root.iter("style")]
    for node in root.iter(html.etree.Element):
        found += [f"{node.tag} has {name}" for name in node.attrib if name == "style" or name.startswith("on")]
    for form in root.iter("form"):
        if (form.get("method") or "get").lower() == "post" and not form.xpath('.//input[@name="csrf_token"]'):
            found.append(f"form {form.get('action')} without csrf_token")
    return found


def _labels(root: Any) -> list[str]:
    found = []
    labelled = {label.get("for") for label in root.iter("label")}
    for control in root.iter("input", "select", "textarea"):
        if control.get("type") in _UNLABELLED or control.get("aria-label") or control.get("aria-labelledby"):
            continue
        if control.get("id") not in labelled and not control.xpath("ancestor::label"):
            found.append(f"control {control.get('name')} without label")
    found += ["image without alt" for image in root.iter("img") if image.get("alt") is None]
    found += ["table without caption" for table in root.iter("table") if table.find("caption") is None]
    for button in root.iter("button"):
        words = _words(button)
        if words in _BARE_BUTTONS or not (words or button.get("aria-label")):
            found.append(f"a button says only {words!r}")
    for link in root.xpath('//a[starts-with(@href, "#")]'):
        if link.get("href") != "#" and not root.xpath(f'//*[@id="{link.get("href")[1:]}"]'):
            found.append(f"link to {link.get('href')}, which is not on the page")
    return found


def _language(root: Any) -> list[str]:
    body = _words(_without_sources(root.find(".//body")))
    found = [f"says {word!r}" for word in _FORBIDDEN_WORDS if word in body]
    return found + (["shows None"] if re.search(r"\bNone\b", body) else [])


def _without_sources(body: Any) -> Any:
    """The page without what shows the source of a template to who edits it (`data-source`)."""
    sources = [] if body is None else body.xpath(".//*[@data-source]")
    if not sources:
        return body
    shown = copy.deepcopy(body)
    for one in shown.xpath(".//*[@data-source]"):
        one.drop_tree()
    return shown


def _words(node: Any) -> str:
    return "" if node is None else re.sub(r"\s+", " ", node.text_content()).strip()
