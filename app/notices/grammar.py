"""What may stand in a notice or letter: words, named variables, `link(path)`, and parts left out when one is empty.

    {{ name }}   {{ link(state_path) }}   {% if remark %}留言：{{ remark }}{% endif %}

Nothing else of the template language is let in, neither attributes nor loops, filters, arithmetic or definitions, so
that a text can neither reach the program nor keep it busy. The sandbox behind it is the second lock.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import jinja2
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

from app.notices.errors import TemplateRefused
from app.notices.variables import variable

#: A section is a message, not a book.
MAX_SECTION = 4000
#: Deeper nesting nobody reads; the compiler of templates gives up at about a hundred.
MAX_NESTING = 10
LINK = "link"


@dataclass(frozen=True)
class TextFault:
    """What is wrong, and where: line and column from 1; both 0 where no place can be named."""

    line: int
    column: int
    message: str

    @property
    def words(self) -> str:
        return f"第 {self.line} 行第 {self.column} 字：{self.message}" if self.line else self.message


# Plain text for mail and SMS, never HTML: escaping would put entities into people's names.
_ENVIRONMENT = SandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=True)
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.filters.clear()
_ENVIRONMENT.tests.clear()


def check(text: str, allowed: Collection[str], needed: Collection[str] = ()) -> list[TextFault]:
    """Everything wrong with a section: syntax, unknown variables, forbidden parts, needed variables left out."""
    if len(text) > MAX_SECTION:
        return [TextFault(0, 0, f"有 {len(text)} 字，请缩短到 {MAX_SECTION} 字以内")]
    if not text.strip():
        return [TextFault(0, 0, "不能是空的")]
    try:
        tree = _ENVIRONMENT.parse(text)
    except jinja2.TemplateSyntaxError as fault:
        return [_syntax_fault(text, fault)]
    except RecursionError:
        return [TextFault(0, 0, "嵌套太深")]
    faults = list(_Walk(text, frozenset(allowed)).faults(tree))
    always = {node.name for part in tree.body if isinstance(part, nodes.Output) for node in part.find_all(nodes.Name)}
    missing = [name for name in sorted(needed) if name not in always]
    return faults + [TextFault(0, 0, f"缺少变量 {name}（{variable(name).label}），这一项必须告知") for name in missing]


def _syntax_fault(text: str, fault: jinja2.TemplateSyntaxError) -> TextFault:
    line = min(fault.lineno, text.count("\n") + 1)
    found = re.search(r"\{[{%#]", text.split("\n")[line - 1])
    return TextFault(line, found.start() + 1 if found else 1, "花括号里的写法不对，变量写在两层花括号里")


class _Walk:
    """Goes through a parsed section and names what may not be there."""

    def __init__(self, text: str, allowed: frozenset[str]) -> None:
        self._lines = text.split("\n")
        self._allowed = allowed

    def faults(self, tree: nodes.Template) -> Iterator[TextFault]:
        for part in tree.body:
            yield from self._part(part)

    def _part(self, part: nodes.Node, depth: int = 0) -> Iterator[TextFault]:
        if depth > MAX_NESTING:
            yield self._fault(part, "if", f"“if”套“if”最多 {MAX_NESTING} 层")
        elif isinstance(part, nodes.Output):
            for one in part.nodes:
                yield from self._output(one)
        elif isinstance(part, nodes.If) and not part.elif_:
            test = part.test.node if isinstance(part.test, nodes.Not) else part.test
            if isinstance(test, nodes.Name):
                yield from self._name(test)
            else:
                yield self._fault(part, "if", "“if”后面只能写一个变量，或者 not 加一个变量")
            for inner in (*part.body, *part.else_):
                yield from self._part(inner, depth + 1)
        else:
            word = type(part).__name__.lower()
            yield self._fault(part, "{%", f"不能用“{word}”，只能写变量、link(变量) 和 if")

    def _output(self, one: nodes.Node) -> Iterator[TextFault]:
        if isinstance(one, nodes.TemplateData):
            return
        if isinstance(one, nodes.Name):
            yield from self._name(one)
        elif isinstance(one, nodes.Call) and isinstance(one.node, nodes.Name) and one.node.name == LINK:
            yield from self._link(one)
        else:
            yield self._fault(one, "{{", "花括号里只能写一个变量，或者 link(变量)")

    def _link(self, call: nodes.Call) -> Iterator[TextFault]:
        plain = len(call.args) == 1 and not (call.kwargs or call.dyn_args or call.dyn_kwargs)
        target = call.args[0] if plain else None
        if isinstance(target, nodes.Name) and target.name.endswith("path"):
            yield from self._name(target)
        elif not (isinstance(target, nodes.Const) and re.fullmatch(r"/[\w/-]*", str(target.value), re.ASCII)):
            yield self._fault(call, LINK, "link 里只能写一个以 path 结尾的变量，或者本系统的地址")

    def _name(self, name: nodes.Name) -> Iterator[TextFault]:
        if name.name not in self._allowed:
            yield self._fault(name, name.name, f"没有名为“{name.name}”的变量")

    def _fault(self, node: nodes.Node, word: str, message: str) -> TextFault:
        line = min(node.lineno or 1, len(self._lines))
        return TextFault(line, max(self._lines[line - 1].find(word), 0) + 1, message)


@lru_cache(maxsize=500)
def _compiled(text: str) -> jinja2.Template:
    return _ENVIRONMENT.from_string(text)


def fill(name: str, text: str, data: Mapping[str, object], public_url: str = "") -> str:
    """The section in words; `link(path)` in it gives an address of this installation.

    :raises TemplateRefused: it does not hold with these data.
    """

    def link(path: str) -> str:
        return public_url.rstrip("/") + path

    try:
        return _compiled(text).render(**data, link=link)
    except (jinja2.TemplateError, SyntaxError, RecursionError, TypeError, ValueError) as error:
        raise TemplateRefused(f"{name}: {error}") from error
