"""Invents names, numbers and addresses that look right and belong to nobody (domain.md §7)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from app.registers import credit_code, identity_number

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹柏苏潘葛范彭鲁韦马苗方任袁柳鲍史唐"
    "薛雷贺倪汤滕殷罗毕郝安常乐于傅齐康伍余元顾孟黄穆萧尹姚邵汪祁毛米贝明成戴宋庞熊纪舒项祝董梁杜"
)
_GIVEN_MEN = "海宁启明建平知行景行立诚子安廷和思远文博志刚国栋永康少波振华晓峰立新伟民宏图春生玉林松年一帆清和若水"
_GIVEN_WOMEN = "文静晓岚望舒若兰以宁可人思齐书瑶雅琴秀英玉洁慧敏海燕春梅丽华秋实佳怡静怡雨桐晓蕾淑贞美玲素云亚男"

#: Province codes of ID numbers; most of the pool was born in the province (14).
_REGIONS = ("140105", "140106", "140203", "140302", "140402", "140502", "140602", "140702", "140802", "140902",
            "141002", "141102", "110108", "130102", "410102", "610113")


def given_names(sex: str) -> tuple[str, ...]:
    """Pairs of characters used as given names for 男 or 女."""
    letters = _GIVEN_MEN if sex == "男" else _GIVEN_WOMEN
    return tuple(letters[i:i + 2] for i in range(0, len(letters), 2))


class People:
    """Gives out persons; no name and no number comes twice."""

    def __init__(self, source: Random) -> None:
        self._source = source
        self._names: set[str] = set()
        self._serial = 0

    def name(self, sex: str) -> str:
        """A full name not given before."""
        for _ in range(400):
            name = self._source.choice(_SURNAMES) + self._source.choice(given_names(sex))
            if name not in self._names:
                self._names.add(name)
                return name
        raise ValueError("the invented names are used up")

    def take(self, name: str) -> str:
        """Marks a name chosen by hand as given."""
        self._names.add(name)
        return name

    def id_number(self, sex: str, born: date) -> str:
        """A valid ID number of that sex and birth date; the serial is taken from a range of its own."""
        self._serial += 1
        serial = 100 + self._serial % 450 * 2 + (1 if sex == "男" else 0)
        first = f"{self._source.choice(_REGIONS)}{born:%Y%m%d}{serial:03d}"
        return first + identity_number.check_character(first)

    def born(self, age: int, today: date) -> date:
        """A birth date for this age today."""
        return date(today.year - age, today.month, 1) - timedelta(days=self._source.randrange(1, 330))

    def phone(self) -> str:
        """A mobile number of a range that is not in service (199 0000 …)."""
        return f"1990000{self._next():04d}"

    def email(self) -> str:
        """An address under the reserved example domain."""
        return f"person{self._next():04d}@example.cn"

    def _next(self) -> int:
        self._serial += 1
        return self._serial


def credit_code_of(serial: int) -> str:
    """A valid unified social credit code (GB 32100) with an invented body."""
    first = f"12140000{serial:09d}"
    return first + credit_code.check_character(first)
