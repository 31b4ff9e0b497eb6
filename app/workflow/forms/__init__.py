"""Forms of user tasks: form-js JSON in, typed components out; entries checked on the server. No Flask here.

    form = parse_form(json_text, functions)                      # raises FormRefused with Chinese reasons
    entries = first_entries(form, data=case_data)                # a fresh form; a draft is entries too
    filled = fill_in(form, entries, data=case_data, today=today) # parts for the page
    filled.result.errors / filled.result.values                  # for the process
"""

from app.workflow.forms.checks import LimitMissing
from app.workflow.forms.components import FormDefinition, Option
from app.workflow.forms.entries import Entries, entries_from, first_entries, with_row_added, without_row
from app.workflow.forms.errors import FormFinding, FormRefused, FormUnsettled
from app.workflow.forms.expressions import Scope
from app.workflow.forms.filling import Filled, FormResult, Part, fill_in
from app.workflow.forms.schema import parse_form

__all__ = [
    "Entries", "Filled", "FormDefinition", "FormFinding", "FormRefused", "FormResult", "FormUnsettled", "LimitMissing",
    "Option", "Part", "Scope", "entries_from", "fill_in", "first_entries", "parse_form", "with_row_added",
    "without_row",
]
