"""Generated well-typed expressions mean the same here and to feelin, the interpreter of the bpmn.io editors.

Runs where feelin is installed: in node_modules of the project, or in the folder that ZHIKU_FEELIN names (one that
holds node_modules/feelin). Numbers stay whole and small, because feelin counts in binary fractions.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.feel import compile_expression, compile_unary_tests, from_feel

HOME = Path(os.environ.get("ZHIKU_FEELIN", Path(__file__).parents[3]))
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(
    NODE is None or not (HOME / "node_modules" / "feelin").is_dir(),
    reason=f"FEEL WAS NOT COMPARED WITH FEELIN: it needs node and {HOME}/node_modules/feelin",
)

SERVER = """
import { createInterface } from "node:readline";
import { evaluate, unaryTest } from "feelin";
for await (const line of createInterface({ input: process.stdin })) {
  const { text, context, test } = JSON.parse(line);
  let answer;
  try {
    answer = { value: (test ? unaryTest : evaluate)(text, context).value ?? null };
  } catch (error) {
    answer = { error: String(error.message) };
  }
  console.log(JSON.stringify(answer));
}
"""
CONTEXT = {"n": 4, "s": "ab", "b": True, "xs": [3, 1, 2], "rows": [{"k": "a", "v": 1}, {"k": "b", "v": 5}]}
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def feelin() -> Iterator[Ask]:
    """Asks feelin, in one process of Node for all questions."""
    assert NODE is not None
    command = [NODE, "--input-type=module", "-e", SERVER]
    with subprocess.Popen(
        command, cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        given_in, answers = process.stdin, process.stdout

        def ask(text: str, context: dict[str, Any] = CONTEXT, test: bool = False) -> Any:
            given_in.write(json.dumps({"text": text, "context": context, "test": test}) + "\n")
            given_in.flush()
            answer = json.loads(answers.readline())
            return answer["value"] if "value" in answer else f"error: {answer['error']}"

        yield ask
        given_in.close()


def joined(template: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions made of a template with one hole for each part."""
    return st.tuples(*parts).map(lambda found: template.format(*found))


def deferred(make: Callable[[], st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    return st.deferred(make)


words = st.sampled_from(['""', '"a"', '"b"', '"ab"', '"部门"', "s"])
number_leaves = st.integers(0, 9).map(str) | st.just("n")
plain_lists = st.sampled_from(
    ["xs", "[1, n, 9]", "reverse(xs)", "(for x in 1..3 return x * x)", "xs[item > 1]", "rows.v"]
)
numbers: st.SearchStrategy[str] = deferred(
    lambda: (
        number_leaves
        | joined("({} + {})", numbers, numbers)
        | joined("({} - {})", numbers, numbers)
        | joined("({} * {})", number_leaves, number_leaves)
        | joined("(-{})", number_leaves)
        | joined("(if {} then {} else {})", booleans, numbers, numbers)
        | joined("count({})", lists)
        | joined("sum([{}, {}])", numbers, numbers)
        | joined("max([{}, {}])", numbers, numbers)
        | joined("string length({})", strings)
        | joined("abs({})", numbers)
        | joined("{}[{}]", lists, st.sampled_from(["1", "2", "-1", "9"]))
    )
)
strings: st.SearchStrategy[str] = deferred(
    lambda: (
        words
        | joined("({} + {})", strings, strings)
        | joined("upper case({})", strings)
        | joined("string({})", number_leaves)
        | joined("substring({}, 1)", words.filter(lambda word: word != '""'))
        | joined("(if {} then {} else {})", booleans, strings, strings)
        | joined("string join([{}, {}], {})", strings, strings, words)
    )
)
booleans: st.SearchStrategy[str] = deferred(
    lambda: (
        st.sampled_from(["true", "false", "b", "null = n", "n != null"])
        | joined("({} {} {})", numbers, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), numbers)
        | joined("({} {} {})", strings, st.sampled_from(["=", "!=", "<", ">="]), strings)
        | joined("({} {} {})", booleans, st.sampled_from(["and", "or"]), booleans)
        | joined("not({})", booleans)
        | joined("({} between {})", number_leaves, ordered.map(lambda pair: f"{pair[0]} and {pair[1]}"))
        | joined("({} in {})", number_leaves, ranges)
        | joined("list contains({}, {})", lists, numbers)
        | joined("(some x in {} satisfies x > {})", plain_lists, number_leaves)
        | joined("(every x in {} satisfies x < {})", plain_lists, number_leaves)
        | joined("contains({}, {})", strings, strings)
        | joined("([{}, {}] = [{}, {}])", number_leaves, number_leaves, number_leaves, number_leaves)
        | joined("({} instance of {})", numbers, st.sampled_from(["number", "string"]))
    )
)
ordered = st.tuples(st.integers(0, 5), st.integers(5, 9))
ranges = st.tuples(st.sampled_from("[("), ordered, st.sampled_from("])")).map(
    lambda parts: f"{parts[0]}{parts[1][0]}..{parts[1][1]}{parts[2]}"
)
lists: st.SearchStrategy[str] = deferred(
    lambda: (
        st.just("xs")
        | joined("[{}, {}]", numbers, numbers)
        | joined("(for x in {} return x + {})", lists, number_leaves)
        | joined("(for x in {} return x)", st.sampled_from(["1..3", "3..1", "[1..3]"]))
        | joined("{}[item > {}]", lists, number_leaves)
        | joined("rows[v > {}].v", number_leaves)
        | joined("concatenate({}, {})", lists, lists)
        | joined("reverse({})", lists)
        | joined("append({}, {})", lists, numbers)
        | joined("distinct values({})", lists)
        | joined("sort({}, function(x, y) x < y)", lists)
    )
)
cells = st.one_of(
    number_leaves,
    joined("{} {}", st.sampled_from(["<", "<=", ">", ">="]), number_leaves),
    ranges,
    joined("not({})", number_leaves),
    joined("not({}, {})", ranges, number_leaves),
    joined("{}, {}", number_leaves, ranges),
    joined("? > {} and ? < {}", number_leaves, number_leaves),
    st.just("-"),
)


@settings(max_examples=400, deadline=None)
@given(numbers | strings | booleans | lists)
def test_expressions_mean_what_they_mean_to_the_editors(feelin: Ask, text: str) -> None:
    ours = from_feel(compile_expression(text)(CONTEXT))
    assert json.dumps(ours) == json.dumps(feelin(text)), text


@settings(max_examples=200, deadline=None)
@given(cells, st.integers(0, 9))
def test_cells_match_what_they_match_to_the_editors(feelin: Ask, cell: str, value: int) -> None:
    ours = compile_unary_tests(cell)(value, CONTEXT)
    assert ours is feelin(cell, {**CONTEXT, "?": value}, test=True), cell


@pytest.mark.parametrize(
    ("text", "by_the_standard", "by_feelin"),
    [
        ("4 between 5 and 3", False, True),
        ("4 in [5..3]", False, True),
        ("0.1 + 0.2 = 0.3", True, False),
        ("[1] = []", False, None),
        ("some x in [0, null] satisfies x > 4", None, False),
    ],
)
def test_where_the_two_differ_the_standard_decides(
    feelin: Ask, text: str, by_the_standard: bool | None, by_feelin: bool | None
) -> None:
    """A range with reversed ends is empty, decimals are exact, lists of different length differ, null is no false."""
    assert compile_expression(text)({}) is by_the_standard
    assert feelin(text) is by_feelin


def test_a_text_is_never_within_numbers(feelin: Ask) -> None:
    assert compile_unary_tests("[1..5]")("a") is None
    assert feelin("[1..5]", {"?": "a"}, test=True) is True
