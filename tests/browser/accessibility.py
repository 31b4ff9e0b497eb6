"""axe on the pages of the tests: WCAG 2.1 AA as far as a machine can tell, wide and at 390 px."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.conftest import missing

#: Where the live server gives the script beside the application's pages; a browser compiles it once by its address.
ADDRESS = "/axe.min.js"
#: What WCAG 2.1 AA asks and axe can check.
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
_RUN = """async ([address, tags, left]) => {
    if (!window.axe) await import(address);
    const where = left.length ? { exclude: left } : document;
    const asked = { runOnly: { type: 'tag', values: tags }, reporter: 'no-passes' };
    return (await axe.run(where, asked)).violations;
}"""
#: What axe judges an element by, as far as the width of the screen can change it: whether it is seen, its colours and
#: those behind it, whether its text counts as large, whether it scrolls, whether it lies over others.
_LOOKS = """window.zkLooks = () => {
    const looks = new Map();
    const walk = (node, ground) => {
        const style = getComputedStyle(node), size = parseFloat(style.fontSize);
        const paint = `${style.backgroundColor} ${style.backgroundImage}`;
        const behind = paint === 'rgba(0, 0, 0, 0) none' ? ground : `${ground}/${paint}`;
        const seen = node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        looks.set(node, !seen ? null : {
            colours: `${style.color} on ${behind} at ${style.opacity}, ${style.textDecorationLine}`,
            large: size >= 24 || (size >= 18.66 && style.fontWeight >= 700),
            scrolls: /auto|scroll/.test(style.overflowX + style.overflowY)
                && (node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight),
            over: /absolute|fixed|sticky/.test(style.position),
        });
        for (const child of node.children) walk(child, behind);
    };
    walk(document.body, '');
    return looks;
};"""
_REMEMBER = f"() => {{ {_LOOKS} window.zkWide = window.zkLooks(); }}"
#: What looks otherwise than it did wide, each as a line that is the same wherever the same happens.
_CHANGES = """() => {
    if (!window.zkWide) return null;
    const told = new Set();
    for (const [node, look] of window.zkLooks()) {
        const wide = window.zkWide.get(node);
        const kind = `${node.localName}.${node.getAttribute('class')} ${node.getAttribute('role')}`;
        const text = [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim());
        if (!look && wide) told.add(`${kind} is hidden`);
        else if (look && look.scrolls) told.add(`scrolls: ${node.outerHTML}`);
        else if (look && !wide) {
            const has = `${node.getAttributeNames()}, text: ${text}`;
            told.add(`${kind} with ${has} ${JSON.stringify(look)}`);
        }
        else if (look && (look.over || look.colours !== wide.colours || look.large !== wide.large))
            told.add(`${kind} ${JSON.stringify(look)}`);
    }
    return [...told];
}"""
#: Changes of this kind that axe has judged in this process and found nothing wrong with.
_judged: set[str] = set()


def script() -> bytes:
    """The axe-core script of node_modules."""
    path = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        missing("axe-core", "run make setup, which installs the browser packages")
    return path.read_bytes()


def check(page: Page, left: tuple[str, ...] = ()) -> None:
    """Asserts that axe finds nothing on the page, but for the elements `left` to others."""
    found: list[dict[str, Any]] = page.evaluate(_RUN, [ADDRESS, list(_TAGS), list(left)])
    broken = [
        f"{rule['id']}: {rule['help']} at {node['target']}: {node.get('failureSummary', '')[:300]}"
        for rule in found for node in rule["nodes"]
    ]  # fmt: skip
    assert not broken, f"{page.url}\n" + "\n".join(broken)


def check_wide(page: Page) -> None:
    """As `check`, and remembers how everything looks, for `check_narrow`."""
    check(page)
    page.evaluate(_REMEMBER)


def check_narrow(page: Page) -> None:
    """As `check`, for a page that was checked wide just before: unless all that looks otherwise now has been judged.

    Most pages change on a narrow screen in nothing but the frame that they share, which need not be judged on each.
    """
    changes: list[str] | None = page.evaluate(_CHANGES)
    if changes is None or not _judged.issuperset(changes):
        check(page)
        _judged.update(changes or ())
