"""The citizen's identity number (GB 11643-1999): checks, and what it says of province, birth and sex. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

LENGTH = 18
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FORM = re.compile(r"[0-9]{17}[0-9X]")
_CHECK_CHARACTERS = "10X98765432"
#: GB/T 2260, first two digits. 83 is given to residents of Taiwan since 2018.
PROVINCES = {
    "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古", "21": "辽宁", "22": "吉林", "23": "黑龙江",
    "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西", "37": "山东", "41": "河南",
    "42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南", "50": "重庆", "51": "四川", "52": "贵州",
    "53": "云南", "54": "西藏", "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏", "65": "新疆", "71": "台湾",
    "81": "香港", "82": "澳门", "83": "台湾",
}  # fmt: skip


class BadIdentityNumber(ValueError):
    """The number cannot be one; `reason` is Chinese and says how to mend it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class IdentityNumber:
    """A checked number, 18 characters with a capital X, and what it says."""

    text: str
    province: str
    born: date
    sex: str

    @property
    def birth_month(self) -> str:
        """出生年月 as yyyy-MM."""
        return f"{self.born:%Y-%m}"


def check_character(first_seventeen: str) -> str:
    """The eighteenth character that belongs to the first seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def parse(typed: str, today: date) -> IdentityNumber:
    """Reads what was typed; spaces and a small x are mended.

    :raises BadIdentityNumber: length, characters, province, birth date or check character are wrong.
    """
    text = "".join(typed.split()).upper()
    if len(text) != LENGTH:
        raise BadIdentityNumber(f"应为 {LENGTH} 位，现有 {len(text)} 位")
    if not _FORM.fullmatch(text):
        raise BadIdentityNumber("前 17 位应为数字，最后一位为数字或 X")
    province = PROVINCES.get(text[:2])
    if province is None:
        raise BadIdentityNumber(f"前两位 {text[:2]} 不是省级代码，请对照证件核对")
    born = _birth_date(text[6:14], today)
    if text[17] != check_character(text[:17]):
        raise BadIdentityNumber("最后一位与前 17 位不符，请对照证件核对每一位")
    return IdentityNumber(text, province, born, "男" if int(text[16]) % 2 else "女")


def _birth_date(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise BadIdentityNumber(f"第 7 至 14 位 {digits} 不是日期，请对照证件核对") from None
    if born > today or born.year < today.year - _OLDEST:
        raise BadIdentityNumber(f"第 7 至 14 位 {digits} 不会是出生日期，请对照证件核对")
    return born


#: Nobody older applies; a birth year before is a slip of the pen.
_OLDEST = 130


def age_on(born: date, day: date) -> int:
    """周岁 on `day`: one year more on each birthday; for 29 February that is 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
