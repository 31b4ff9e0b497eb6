"""What may stand in a text that people edit; nothing in it reaches the program or keeps it busy."""

from __future__ import annotations

import pytest

from app.notices import letters, templates
from app.notices.errors import TemplateRefused
from app.notices.grammar import MAX_NESTING, check, fill
from app.notices.sms_length import segments
from app.notices.variables import is_explained

NAMES = {"name", "state_path", "remark"}

ESCAPES = [
    "{{ name.__class__ }}",
    "{{ name.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''.__class__ }}",
    "{{ name['__class__'] }}",
    "{{ name|attr('__class__') }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ config }}",
    "{{ request.application.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ joiner }}",
    "{{ namespace(a=1) }}",
    "{{ range(10**9) }}",
    "{{ link.__globals__ }}",
    "{{ link(name.__class__) }}",
    "{{ link(link(state_path)) }}",
    "{{ link('https://evil.example/') }}",
    "{{ link('//evil.example/') }}",
    "{{ link(path='/x') }}",
    "{{ link(*name) }}",
    "{{ 'a' * 10**9 }}",
    "{{ 9**9**9 }}",
    "{{ name ~ name }}",
    "{{ name % name }}",
    "{{ '%s'.format(name) }}",
    "{{ '{0.__class__}'.format(name) }}",
    "{{ name|upper }}",
    "{{ name|list|join(name) }}",
    "{{ [name] }}",
    "{{ {'a': name} }}",
    "{{ name if remark else name }}",
    "{{ name == 'x' }}",
    "{% for a in name %}{{ name }}{% endfor %}",
    "{% for a in range(9) recursive %}{{ loop(a) }}{% endfor %}",
    "{% set x = name %}",
    "{% set x %}{{ name }}{% endset %}",
    "{% macro m() %}{{ m() }}{% endmacro %}",
    "{% call name() %}{% endcall %}",
    "{% filter upper %}a{% endfilter %}",
    "{% include 'mail.txt' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import path %}",
    "{% extends 'base.html' %}",
    "{% block a %}{% endblock %}",
    "{% with a = name %}{% endwith %}",
    "{% if name.__class__ %}a{% endif %}",
    "{% if name == remark %}a{% endif %}",
    "{% if remark %}{% for a in name %}{% endfor %}{% endif %}",
    "{% if remark %}{% elif name %}{% endif %}",
    "{% autoescape false %}{% endautoescape %}",
    "{% do name %}",
    "{{ name",
    "{% if name %}",
    "{{ " + "(" * 500 + "name" + ")" * 500 + " }}.",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_nothing_but_variables_links_and_simple_ifs_is_let_in(text: str) -> None:
    assert len(ESCAPES) >= 50
    found = check(f"第一行\n{text}", NAMES)
    if text.endswith("}}."):  # brackets alone change nothing; whatever comes of it, it comes at once
        return
    assert found != []
    assert all(fault.message for fault in found)


@pytest.mark.parametrize("text", [text for text in ESCAPES if not text.endswith("}}.")])
def test_the_sandbox_behind_it_gives_nothing_away_either(text: str) -> None:
    """Were the first lock open, the second must hold: no attribute of the program comes out."""
    try:
        words = fill("text", text, dict.fromkeys(NAMES, "甲")) if "**" not in text and "10" not in text else ""
    except TemplateRefused:
        return
    for secret in ("<class", "__globals__", "uid=", "<function", "<module"):
        assert secret not in words


def test_a_fault_is_named_with_its_place() -> None:
    fault = check("第一行\n您好，{{ nmae }}", NAMES)[0]
    assert (fault.line, fault.column) == (2, 7)
    assert fault.words == "第 2 行第 7 字：没有名为“nmae”的变量"


@pytest.mark.parametrize(
    "text",
    ["{{ name }}", "{{ link(state_path) }}", '{{ link("/inbox/") }}', "{% if remark %}留言：{{ remark }}{% endif %}",
     "{% if not remark %}没有留言{% else %}{{ remark }}{% endif %}"],
)  # fmt: skip
def test_what_people_need_is_let_in(text: str) -> None:
    assert check(text, NAMES) == []


def test_what_must_be_told_may_not_be_left_out_or_made_conditional() -> None:
    assert check("{{ name }}", NAMES, {"name"}) == []
    assert "缺少变量 name" in check("您好", NAMES, {"name"})[0].message
    assert check("{% if remark %}{{ name }}{% endif %}", NAMES, {"name"}) != []


@pytest.mark.parametrize("text", ["", "  \n ", "字" * 4001])
def test_an_empty_or_endless_text_is_refused(text: str) -> None:
    assert check(text, NAMES) != []


def test_every_shipped_text_passes_its_own_check_and_every_variable_is_explained() -> None:
    for notice in templates.all_templates():
        assert not [one for one in notice.data if not is_explained(one)], notice.key
        for text in notice.sections.values():
            assert check(text, notice.data) == [], notice.key
    for letter in letters.all_letters():
        for section in letter.sections:
            assert not [one for one in section.variables if not is_explained(one)], letter.key
            assert check(section.text, section.variables) == [], letter.key


@pytest.mark.parametrize(("length", "parts"), [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_an_sms_counts_in_parts(length: int, parts: int) -> None:
    assert segments("字" * length) == parts


def test_characters_beyond_the_basic_plane_count_twice() -> None:
    assert segments("𠮷" * 36) == 2


def test_parts_within_parts_are_few_enough_to_be_compiled() -> None:
    deepest = "{% if remark %}" * MAX_NESTING + "有" + "{% endif %}" * MAX_NESTING
    assert check(deepest, {"remark"}) == []
    assert fill("note", deepest, {"remark": "急"}) == "有"
    bomb = "{% if remark %}" * 140 + "有" + "{% endif %}" * 140
    assert "最多 10 层" in check(bomb, {"remark"})[0].message
    with pytest.raises(TemplateRefused):
        fill("note", bomb, {"remark": "急"})
