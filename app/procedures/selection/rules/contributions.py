"""What somebody gives to the seed: random bytes of the browser in hex digits, or anything typed (draw.md §3)."""

from __future__ import annotations

from app.core.errors import Invalid
from app.regulations.rule_sets import RuleSet

BROWSER, TYPED = "browser", "typed"


def read(value: str, manner: str, rules: RuleSet) -> bytes:
    """The bytes of a value: hex digits of the browser, or the UTF-8 of what was typed.

    :raises Invalid: empty, longer than a contribution may be, or no hex digits.
    """
    if manner == BROWSER:
        try:
            made = bytes.fromhex(value)
        except ValueError:
            raise Invalid({"value": "随机值：须为十六进制数字，请重新生成"}) from None
    elif manner == TYPED:
        made = value.encode()
    else:
        raise Invalid({"manner": "投入方式：请选择浏览器随机或手工输入"})
    most = rules.integer("selection.contribution_max")
    if not made:
        raise Invalid({"value": "随机值：请生成或输入"})
    if len(made) > most:
        raise Invalid({"value": f"随机值：{len(made)} 字节，最多 {most} 字节（汉字每个 3 字节）"})
    return made
