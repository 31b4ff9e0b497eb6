"""What a version of a process consists of, as text, and what of it is kept."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine import CompiledProcess

_DECISION = re.compile(r'<(?:\w+:)?decision\s[^>]*\bid="([^"]+)"')


@dataclass(frozen=True)
class Parts:
    """The texts of a process: `tables` by file name, `forms` by form key, `scenarios` as YAML."""

    xml: str
    tables: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    scenarios: str | None = None

    def own_digest(self) -> str:
        """The fingerprint of the parts themselves, whatever processes they call."""
        return _digest(self._as_json())

    def digest(self, called: Mapping[str, str]) -> str:
        """The fingerprint of a version: the parts together with the diagrams that they call."""
        return _digest({**self._as_json(), "called": dict(called)})

    def table_bytes(self) -> dict[str, bytes]:
        """The tables as the engine reads them."""
        return {name: text.encode() for name, text in self.tables.items()}

    def used_by(self, compiled: CompiledProcess) -> Parts:
        """Only the tables and forms that the diagram uses."""
        return Parts(self.xml, _used_tables(compiled, self.tables), _used_forms(compiled, self.forms), self.scenarios)

    def _as_json(self) -> dict[str, object]:
        # "bpmn" is the name under which the versions that exist were fingerprinted.
        return {
            "bpmn": self.xml, "tables": dict(self.tables), "forms": dict(self.forms), "scenarios": self.scenarios,
        }


def _digest(content: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _used_tables(compiled: CompiledProcess, tables: Mapping[str, str]) -> dict[str, str]:
    decisions = {element.decision for element in compiled.elements if element.decision}
    return {name: text for name, text in tables.items() if decisions.intersection(_DECISION.findall(text))}


def _used_forms(compiled: CompiledProcess, forms: Mapping[str, str]) -> dict[str, str]:
    keys = sorted({element.form_key for element in compiled.elements if element.form_key})
    return {key: forms[key] for key in keys if key in forms}
