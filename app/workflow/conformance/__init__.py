"""The gate before a diagram: everything that can be known to be wrong without running it, and how to mend it.

Works without a database. An error refuses the diagram, a warning does not.
"""

from app.workflow.conformance.gate import Surroundings, check, check_file, refused

__all__ = ["Surroundings", "check", "check_file", "refused"]
