"""The words of libraries are swapped while bundling, and a word that a library no longer says stops the build."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_SWAP = "import {{ swapped }} from {module}; console.log(JSON.stringify(swapped({source}, {words})));"


def swapped(source: str, words: dict[str, str]) -> dict[str, object]:
    """What the bundler makes of a source, and the words it did not find."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on the path")
    module = json.dumps((ROOT / "frontend" / "chinese.mjs").as_uri())
    script = _SWAP.format(module=module, source=json.dumps(source), words=json.dumps(words))
    ran = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, timeout=30, check=True
    )
    found: dict[str, object] = json.loads(ran.stdout)
    return found


def test_whole_literals_and_markup_are_swapped_and_nothing_else() -> None:
    source = "say('Reset'); name = 'Reset it'; html = `<p>\r\nNo Entries</p>`; type = 'bpmn:Task'"
    done = swapped(source, {"Reset": "重来", "<p>\nNo Entries</p>": "<p>没有记录</p>"})
    assert done == {
        "source": "say('重来'); name = 'Reset it'; html = `<p>没有记录</p>`; type = 'bpmn:Task'", "lost": [],
    }  # fmt: skip


def test_a_word_that_is_gone_is_reported() -> None:
    assert swapped("say('Start')", {"Start": "开始", "Stop": "停"})["lost"] == ["Stop"]


def test_every_list_of_words_is_chinese_and_names_files_of_libraries() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on the path")
    for path in sorted((ROOT / "frontend").glob("*/words.mjs")):
        script = f"import words from {json.dumps(path.as_uri())}; console.log(JSON.stringify(words));"
        ran = subprocess.run(
            [node, "--input-type=module", "-e", script], capture_output=True, text=True, timeout=30, check=True
        )
        for file, words in json.loads(ran.stdout).items():
            assert file.startswith("node_modules/"), (path, file)
            assert words, (path, file)
