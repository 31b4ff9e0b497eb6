// Shows what depends on an entry while one types, by the same buttons that a page without script has: the form is
// sent as 检查条件 or 查找 would send it, and the parts that the server marks as such are taken from its answer.
// Nothing here decides anything: the server draws, checks and keeps.

const WAIT = 500;

async function answered(form, act) {
  const data = new FormData(form);
  data.set('_do', act);
  const answer = await fetch(form.action, { method: 'POST', body: data, redirect: 'error' });
  if (!answer.ok && answer.status !== 422) return null;
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

function take(page, id) {
  const [ old, fresh ] = [ document.getElementById(id), page.getElementById(id) ];
  if (!old || !fresh || old.innerHTML === fresh.innerHTML) return;
  // What was folded open stays open.
  const open = [ ...old.querySelectorAll('details') ].map(one => one.open);
  fresh.querySelectorAll('details').forEach((one, at) => { one.open = open[at] ?? one.open; });
  old.replaceWith(fresh);
}

for (const form of document.querySelectorAll('form[data-zk-live]')) {
  const check = form.dataset.zkLive;
  let timer, asked = 0;
  const later = (act, ...parts) => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++asked;
      try {
        const page = await answered(form, act);
        if (page && mine === asked) parts.forEach(part => take(page, part));
      } catch {
        // The page stays as it is; the buttons do the same.
      }
    }, WAIT);
  };
  form.addEventListener('input', event => {
    const found = event.target.dataset.zkFind;
    if (found) later('find', found, found.replace('-found', '-chosen'));
    else if (check) later('check', 'check');
  });
}
