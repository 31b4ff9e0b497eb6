"""The unified social credit code of a unit (统一社会信用代码, GB 32100-2015). Pure."""

from __future__ import annotations

LENGTH = 18
#: Without I, O, S, V, Z, which would be read as digits.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


class BadCreditCode(ValueError):
    """The code cannot be one; `reason` is Chinese and says how to mend it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_character(first_seventeen: str) -> str:
    """The eighteenth character that belongs to the first seventeen."""
    total = sum(_VALUES[character] * weight for character, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def parse(typed: str) -> str:
    """The code in capitals without spaces.

    :raises BadCreditCode: length, characters or check character are wrong.
    """
    code = "".join(typed.split()).upper()
    if len(code) != LENGTH:
        raise BadCreditCode(f"应为 {LENGTH} 位，现有 {len(code)} 位")
    strange = sorted({character for character in code if character not in _VALUES})
    if strange:
        raise BadCreditCode(f"不会有字符 {'、'.join(strange)}，代码不用 I、O、S、V、Z")
    if not code[2:8].isdigit():
        raise BadCreditCode("第 3 至 8 位应为数字，请对照证照核对")
    if code[17] != check_character(code[:17]):
        raise BadCreditCode("最后一位与前 17 位不符，请对照证照核对每一位")
    return code
