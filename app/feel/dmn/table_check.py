"""Static check."""

from __future__ import annotations

from typing import Any


def check_model(model: Any, types: Any, variables: Any) -> list[Any]:
    return []
