// Tabs beside an editor: links to the panes, which are all there and all shown where no script runs.

/** Turns a list of links to panes into tabs; gives a function that opens the pane of an id. */
export function tabs(list) {
  const links = [ ...list.querySelectorAll('a[href^="#"]') ];
  const open = id => {
    for (const link of links) {
      const isOpen = link.hash === `#${id}`;
      if (isOpen) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
      document.querySelector(link.hash).hidden = !isOpen;
    }
  };
  for (const link of links)
    link.addEventListener('click', event => {
      event.preventDefault();
      open(link.hash.slice(1));
    });
  if (links.length) open(links[0].hash.slice(1));
  return open;
}
