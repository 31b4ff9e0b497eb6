"""All built-in functions: importing this registers them."""

from __future__ import annotations

from app.feel.builtin_registry import BUILTINS
from app.feel.builtins import contexts, conversions, dates, intervals, lists, numbers, statistics, texts
from app.feel.lexer import NameScope

MODULES = (contexts, conversions, dates, intervals, lists, numbers, statistics, texts)
BUILTIN_NAMES = NameScope(BUILTINS)
