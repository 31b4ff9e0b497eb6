"""What a diagram refers to and is checked against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.feel import Function


@dataclass(frozen=True)
class Surroundings:
    """What a diagram refers to: decision tables (file name -> DMN), forms (key -> form-js text), called diagrams.

    ``scenarios`` is the text of its YAML file of named paths; ``key`` the process the diagram is to become, whose
    id it must have (None: any). ``shipped`` asks for documentation with articles as well.
    """

    tables: Mapping[str, bytes] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, bytes] = field(default_factory=dict)
    functions: Mapping[str, Function] | None = None
    shipped: bool = False
    scenarios: str | None = None
    key: str | None = None
