"""FEEL, the expression language of DMN: every expression a process owner writes, interpreted without eval."""

from app.feel.check import check_expression, check_unary_tests
from app.feel.conversion import from_feel, to_feel, to_python
from app.feel.errors import FeelError, FeelLimitExceeded, FeelSyntaxError, FeelUnsupported, Finding
from app.feel.expression import CompiledExpression, CompiledTests, compile_expression, compile_unary_tests
from app.feel.functions import Function, Parameter
from app.feel.limits import Limits

__all__ = [
    "CompiledExpression",
    "CompiledTests",
    "FeelError",
    "FeelLimitExceeded",
    "FeelSyntaxError",
    "FeelUnsupported",
    "Finding",
    "Function",
    "Limits",
    "Parameter",
    "check_expression",
    "check_unary_tests",
    "compile_expression",
    "compile_unary_tests",
    "from_feel",
    "to_feel",
    "to_python",
]
