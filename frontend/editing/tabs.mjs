// Tabs beside an editor: links to the panes, which are all there and all shown where no script runs.

/** Turns a list of links to panes into tabs; gives a function that opens the pane of an id. */
export function tabs(list) {
  const links = [ ...list.querySelectorAll('a[href^="#"]') ];
  const open = id => {
    for (const link of links) {
      const isOpen = link.hash === `#${id}`;
      if (isOpen) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
      const pane = document.querySelector(link.hash);
      if (pane) pane.hidden = !isOpen;
    }
  };
  for (const link of links)
    link.addEventListener('click', event => {
      event.preventDefault();
      open(link.hash.slice(1));
    });
  // Other pages lead to one pane by its name.
  const first = links.find(link => link.hash === location.hash) ?? links.find(link => link.hasAttribute('aria-current')) ?? links[0];
  if (first) open(first.hash.slice(1));
  return open;
}
