"""What the three diagrams of selection may call; each operation only carries inputs to a service and results back.

The instance's business key says what is meant: the activity's number, the invitation's, the designation's.
"""

from app.procedures.selection.operations import designation, invitation, panel, voiding

__all__ = ["designation", "invitation", "panel", "voiding"]
