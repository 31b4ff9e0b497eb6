"""Reading the XML of a decision model, safely."""

from __future__ import annotations

from lxml import etree

from app.feel.errors import FeelSyntaxError

MAX_BYTES = 2_000_000
BOXED = frozenset(
    [
        "literalExpression",
        "decisionTable",
        "context",
        "invocation",
        "list",
        "relation",
        "functionDefinition",
        "conditional",
        "filter",
        "for",
        "some",
        "every",
    ]
)


def _parser() -> etree.XMLParser:
    """A parser that resolves nothing; one for each file, as threads cannot share one."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def safe_root(xml: bytes) -> etree._Element:
    """The root element. Raises FeelSyntaxError for broken XML, a document type or too large a file."""
    if len(xml) > MAX_BYTES:
        raise FeelSyntaxError("决策文件过大")
    try:
        root = etree.fromstring(xml, _parser())
    except etree.XMLSyntaxError as error:
        raise FeelSyntaxError(f"决策文件不是有效的 XML：{error}") from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise FeelSyntaxError("决策文件不得含 DOCTYPE")
    return root


def tag(element: etree._Element) -> str:
    """The local name: the namespace tells only the version of DMN."""
    return str(element.tag).rpartition("}")[2]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of that name."""
    return next(element.iterchildren(f"{{*}}{name}"), None)


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """All children of that name."""
    return list(element.iterchildren(f"{{*}}{name}"))


def text_of(element: etree._Element | None) -> str:
    """The content of the `text` child, trimmed; comments were dropped when the file was read."""
    text = None if element is None else child(element, "text")
    return "" if text is None else (text.text or "").strip()


def boxed_in(element: etree._Element | None) -> etree._Element | None:
    """The boxed expression directly inside an element."""
    return None if element is None else next((one for one in element if tag(one) in BOXED), None)


def name_of(element: etree._Element) -> str:
    """The `name` attribute, or the id where there is none."""
    return str(element.get("name") or element.get("id") or "")


def variable_type(element: etree._Element) -> str | None:
    """The type reference of the element's variable."""
    variable = child(element, "variable")
    return None if variable is None else variable.get("typeRef")
