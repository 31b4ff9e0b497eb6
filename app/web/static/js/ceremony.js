// The ceremony of the draw: a random value from this very browser, and a look every few seconds whether the other
// side has acted. Without script the value is typed and the page reloads itself while there is nothing to type.

const LOOK = 4000;
const BYTES = 16;

for (const form of document.querySelectorAll('form[data-zk-random]')) {
  const { value, manner } = form.elements;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn btn-outline-secondary';
  button.textContent = '由浏览器取随机数';
  button.addEventListener('click', () => {
    const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
    value.value = [ ...bytes ].map(byte => byte.toString(16).padStart(2, '0')).join('');
    manner.value = 'browser';
    value.focus();
  });
  value.addEventListener('input', () => { manner.value = 'typed'; });
  form.querySelector('.zk-actions').append(button);
}

const untouched = () => ![ ...document.querySelectorAll('main input:not([type=hidden]), main textarea') ]
  .some(one => one.value !== one.defaultValue);

const watched = document.querySelector('[data-zk-watch]');
if (watched) {
  const look = async () => {
    try {
      const answer = await fetch(watched.dataset.zkWatch, { headers: { Accept: 'text/plain' }, redirect: 'error' });
      if (answer.ok && await answer.text() !== watched.dataset.zkMark) {
        if (untouched()) return location.reload();
        if (!document.getElementById('zk-changed')) tell();
      }
    } catch {
      // Not reachable just now: the next look will tell.
    }
    setTimeout(look, LOOK);
  };
  setTimeout(look, LOOK);
}

function tell() {
  const note = document.createElement('div');
  note.id = 'zk-changed';
  note.className = 'zk-note zk-note--care mb-3';
  note.setAttribute('role', 'status');
  note.textContent = '对方已有新的动作。你填写的内容还在，提交后即可看到；也可以';
  const link = document.createElement('a');
  link.href = location.href;
  link.textContent = '放弃填写，看最新';
  note.append(link, '。');
  watched.before(note);
}
