"""Which keys of form-js (schemaVersion 19) each component may have; anything else is refused when a form is loaded."""

from __future__ import annotations

SCHEMA_VERSION = 19

ROOT = frozenset({
    "type", "id", "components", "schemaVersion", "exporter", "executionPlatform", "executionPlatformVersion",
    "versionTag", "properties",
})

_PART = frozenset({"type", "id", "label", "conditional", "layout", "properties"})
_FIELD = _PART | {"key", "description", "readonly", "disabled", "defaultValue", "validate"}
_OPTIONS = _FIELD | {"values", "valuesKey", "valuesExpression"}

COMPONENTS: dict[str, frozenset[str]] = {
    "textfield": _FIELD | {"appearance"},
    "textarea": _FIELD,
    "number": _FIELD | {"appearance", "decimalDigits", "increment", "serializeToString"},
    "checkbox": _FIELD,
    "checklist": _OPTIONS,
    "radio": _OPTIONS,
    "select": _OPTIONS | {"searchable"},
    "taglist": _OPTIONS,
    "datetime": _FIELD | {
        "subtype", "dateLabel", "timeLabel", "timeInterval", "timeSerializingFormat", "disallowPassedDates", "use24h",
    },
    "filepicker": _FIELD | {"accept", "multiple"},
    "expression": _PART | {"key", "expression", "computeOn", "description"},
    "text": _PART | {"text"},
    "image": _PART | {"source", "alt"},
    "separator": _PART,
    "spacer": _PART | {"height"},
    "group": _PART | {"components", "path", "showOutline", "verticalAlignment"},
    "dynamiclist": _PART | {
        "components", "path", "isRepeating", "allowAddRemove", "defaultRepetitions", "showOutline", "disableCollapse",
        "nonCollapsedItems", "verticalAlignment",
    },
    "button": _PART | {"action"},
}

#: Known to form-js, but not for a government counter: foreign content, or tables of data that no person fills in.
REFUSED: dict[str, str] = {
    "html": "不允许嵌入 HTML，请改用文本组件",
    "iframe": "不允许嵌入其他网页",
    "documentPreview": "不支持文件预览组件，材料由页面右侧列出",
    "table": "不支持表格组件，请改用文本或动态列表",
}

VALIDATE: dict[str, frozenset[str]] = {
    "textfield": frozenset({
        "required", "minLength", "maxLength", "pattern", "patternErrorMessage", "validationType",
    }),
    "textarea": frozenset({"required", "minLength", "maxLength"}),
    "number": frozenset({"required", "min", "max"}),
}
VALIDATE_ANY = frozenset({"required"})

CONDITIONAL = frozenset({"hide"})
LAYOUT = frozenset({"row", "columns"})
APPEARANCE = frozenset({"prefixAdorner", "suffixAdorner"})
OPTION = frozenset({"label", "value"})

#: Custom properties that mean something here, by component; those ending in a colon are followed by an option's value.
PROPERTIES: dict[str, frozenset[str]] = {
    "radio": frozenset({"hint:", "display"}),
    "select": frozenset(),
    "checklist": frozenset({"hint:", "article:", "mark:", "display", "minItems", "maxItems", "every"}),
    "taglist": frozenset({"minItems", "maxItems", "every"}),
    "datetime": frozenset({"minDate", "maxDate"}),
    "filepicker": frozenset({"maxKb"}),
    "dynamiclist": frozenset({"minRows", "maxRows", "rowLabel", "addLabel"}),
    "textfield": frozenset({"autocomplete", "inputmode", "prefix", "suffix"}),
}
PROPERTIES_ANY = frozenset({"article", "hint"})
ROOT_PROPERTIES = frozenset({"title", "next"})
