"""Versions of processes: each pins its diagram, decision tables, forms, called diagrams and scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.core.actor import Actor
from app.workflow.models import Definition


def deploy(
    key: str,
    bpmn: bytes,
    tables: Mapping[str, bytes],
    forms: Mapping[str, str],
    scenarios: str | None,
    actor: Actor,
    *,
    note: str | None = None,
) -> Definition:
    """Checks and publishes a version of the process `key`; the same content again gives the version there is.

    `tables`: file name -> DMN XML; `forms`: form key -> form-js JSON text. Only what the diagram uses is kept.
    :raises DefinitionRefused: the findings say what and how to mend it.
    """
    raise NotImplementedError


def deploy_shipped(root: Path, actor: Actor) -> list[Definition]:
    """Deploys everything under `root` (processes/bpmn, processes/dmn, processes/scenarios, forms); idempotent."""
    raise NotImplementedError


def latest(key: str) -> Definition:
    """The version that new instances start with. :raises NotFound:"""
    raise NotImplementedError


def versions(key: str) -> list[Definition]:
    """All versions, newest first."""
    raise NotImplementedError
