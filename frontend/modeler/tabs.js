// The tabs of the side pane. Without script they are links to the panes below one another.
export function wireTabs(root) {
  const links = [ ...root.querySelectorAll('.zk-studio__side .zk-tabs a[href^="#pane-"]') ];
  const paneOf = link => root.querySelector(link.getAttribute('href'));
  const show = id => {
    for (const link of links) {
      const isShown = link.getAttribute('href') === `#${id}`;
      if (isShown) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
      const pane = paneOf(link);
      if (pane) pane.hidden = !isShown;
    }
  };
  for (const link of links)
    link.addEventListener('click', event => {
      event.preventDefault();
      show(link.getAttribute('href').slice(1));
    });
  // other pages lead to one pane by its name
  const asked = links.find(link => link.getAttribute('href') === location.hash);
  const first = asked ?? links.find(link => link.hasAttribute('aria-current')) ?? links[0];
  if (first) show(first.getAttribute('href').slice(1));
  return { show };
}
