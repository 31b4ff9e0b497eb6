"""The catalogue between diagrams and Python: what a service task may call, with checked types on both sides."""

from app.operations.catalogue import Catalogue, Operation, catalogue, discover, operation
from app.operations.context import OperationContext
from app.operations.errors import OperationError
from app.operations.types import Shape, shape_of

__all__ = [
    "Catalogue",
    "Operation",
    "OperationContext",
    "OperationError",
    "Shape",
    "catalogue",
    "discover",
    "operation",
    "shape_of",
]
