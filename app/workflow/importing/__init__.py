"""Foreign diagrams (Camunda 7 and 8, SpiffArena, Signavio …) made into drafts, with a report element by element."""

from app.workflow.importing.foreign import read
from app.workflow.importing.plan import Fate, ImportPlan, Line, Need, Offers, Wishes
from app.workflow.importing.planning import plan

__all__ = ["Fate", "ImportPlan", "Line", "Need", "Offers", "Wishes", "plan", "read"]
