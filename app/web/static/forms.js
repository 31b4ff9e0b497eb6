// Shows what depends on an entry as soon as the entry changes, by the same button that a page without script has,
// and saves the draft on Ctrl+S. Nothing here decides anything: the server draws, checks and keeps.

const body = form => form.querySelector('.zk-sheet__body');
const chosenFiles = form => [ ...form.querySelectorAll('input[type=file]') ].filter(input => input.files.length);

function entries(form) {
  const data = new FormData(form);
  for (const [ name, value ] of [ ...data.entries() ]) if (value instanceof File) data.delete(name);
  data.set('_do', 'refresh');
  return data;
}

const typed = data => new URLSearchParams([ ...data.entries() ].filter(([ name ]) => name !== 'csrf_token')).toString();

async function drawn(form, data) {
  const answer = await fetch(form.action, { method: 'POST', body: data, redirect: 'error' });
  if (!answer.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return page.querySelector('form[data-zk-dynamic] .zk-sheet__body');
}

function replace(form, fresh) {
  const at = document.activeElement;
  const wasInside = body(form).contains(at);
  const kept = chosenFiles(form);
  body(form).replaceWith(fresh);
  for (const input of kept) document.getElementById(input.id)?.replaceWith(input);
  if (!wasInside) return;
  const isChoice = at.type === 'radio' || at.type === 'checkbox';
  const same = [ ...form.elements ].find(one => one.name === at.name && (!isChoice || one.value === at.value));
  (at.id && document.getElementById(at.id) || same)?.focus();
}

for (const form of document.querySelectorAll('form[data-zk-dynamic]')) {
  let running = false;
  form.addEventListener('change', async event => {
    if (running || event.target.type === 'file') return;
    running = true;
    try {
      for (;;) {
        const data = entries(form);
        const fresh = await drawn(form, data);
        if (typed(entries(form)) !== typed(data)) continue;   // somebody typed on meanwhile: draw what is there now
        if (fresh) replace(form, fresh);
        break;
      }
    } catch {
      // The page stays as it is; submitting shows what is still to be filled in.
    } finally {
      running = false;
    }
  });
}

document.addEventListener('keydown', event => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== 's') return;
  const button = document.querySelector('.zk-actions--stick button[name=_do][value=draft]');
  if (!button) return;
  event.preventDefault();
  button.click();
});
