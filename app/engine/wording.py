"""What the schema and SpiffWorkflow's parser say of a diagram, in Chinese where it is known."""

from __future__ import annotations

import re

_KNOWN = (
    (r"Element '([^']+)', attribute 'id'.*'([^']+)' is not a valid value.*xs:ID", "“{0}”的编号“{1}”重复或不合法"),
    (r"Element '([^']+)': This element is not expected", "“{0}”不该出现在这里"),
    (r"Element '([^']+)': Missing child element", "“{0}”里缺少内容"),
    (r"Element '([^']+)', attribute '([^']+)': The attribute '[^']+' is not allowed", "“{0}”不能有属性“{1}”"),
    (r"Element '([^']+)': The attribute '([^']+)' is required", "“{0}”缺少属性“{1}”"),
    (r"Element '([^']+)', attribute '([^']+)'.*not a valid value", "“{0}”的属性“{1}”的值不合法"),
    (r"Element '([^']+)': No matching global declaration", "“{0}”不是 BPMN 的内容"),
    (r"multiinstance task must specify a cardinality", "多实例没有写明次数或集合"),
    (r"Multi-?instance.*(?:input|output)", "多实例的集合写得不对"),
    (r"no start event", "没有开始事件"),
    (r"operator", "服务任务没有指明操作"),
    (r"no support implemented", "引擎没有这种环节"),
)  # fmt: skip


def in_chinese(message: str) -> str:
    """The first line of a message, without namespaces; in the original words only where they are not known."""
    first = re.sub(r"\{[^}]*\}", "", message.splitlines()[0]) if message else ""
    for pattern, words in _KNOWN:
        found = re.search(pattern, first, re.IGNORECASE)
        if found is not None:
            return words.format(*found.groups())
    return f"原文：{first.strip()}"
