"""The blueprint of rules and calendar (参数与日历)."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

rules = Blueprint("rules", __name__, url_prefix="/rules")

Page = str | Response | tuple[str, int]
