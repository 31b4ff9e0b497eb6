"""The blueprint of the process owner's studio (流程)."""

from __future__ import annotations

from flask import Blueprint

studio = Blueprint("studio", __name__, url_prefix="/studio")
