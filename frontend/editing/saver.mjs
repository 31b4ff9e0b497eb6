// Saves one part of a draft: three seconds after the last change, on Ctrl+S and by the button. What somebody else
// saved meanwhile is never overwritten: the page says who did it and when, and hands over what was edited here.

const QUIET_MS = 3000;

/** The token that every writing request carries. */
export const token = () => document.querySelector('meta[name=csrf-token]')?.content ?? '';

/** A token of the present session, for a page that has been open since an earlier one; false where nobody is signed in. */
async function renewed() {
  const place = document.querySelector('[data-token-url]');
  const meta = document.querySelector('meta[name=csrf-token]');
  if (!place || !meta) return false;
  try {
    const answer = await fetch(place.dataset.tokenUrl);
    if (!answer.ok || answer.redirected) return false;
    meta.content = (await answer.json()).csrf_token;
    return true;
  } catch {
    return false;
  }
}

/** What a refusal says in words, whatever came back. */
export async function refusal(answer) {
  if ((answer.headers.get('Content-Type') ?? '').includes('json')) {
    const body = await answer.json();
    return { status: answer.status, ...body };
  }
  const stale = [ 400, 401, 403 ].includes(answer.status) || answer.redirected;
  const message = stale
    ? '登录已过期，或这一页打开得太久。请下载改动，重新登录后再改。'
    : '服务器没有回应。改动还在这一页上，可以稍后再存，或先下载。';
  return { status: answer.status, message };
}

/** Sends text to the server; gives what it answers, or throws {status, message, …}. */
export async function send(url, { method = 'POST', body, type, headers = {} }) {
  const ask = () => fetch(url, {
    method, body, headers: { 'Content-Type': type, 'X-CSRFToken': token(), Accept: 'application/json', ...headers }
  });
  let answer;
  try {
    answer = await ask();
    if (answer.status === 400 && await renewed()) answer = await ask();
  } catch {
    throw { status: 0, message: '连不上服务器。改动还在这一页上，可以稍后再存，或先下载。' };
  }
  if (!answer.ok || answer.redirected) throw await refusal(answer);
  return answer.json();
}

function download(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([ text ], { type: 'application/octet-stream' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export class Saver {
  /**
   * `read` gives the text to save (a promise); `place` is the element that says how saving stands, `note` the one for
   * refusals; `saved` is called with the answer of the server.
   */
  constructor({ url, rev, type, read, place, note, file, saved = () => {} }) {
    Object.assign(this, { url, rev, type, read, place, note, file, saved });
    this.dirty = false;
    this.overtaken = false;
    this.timer = null;
    this.running = null;
    addEventListener('beforeunload', event => { if (this.dirty) event.preventDefault(); });
    document.addEventListener('keydown', event => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      this.save();
    });
  }

  /** Something was edited. */
  changed() {
    this.dirty = true;
    if (this.overtaken) return;
    this.place.textContent = '有改动未存';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET_MS);
  }

  /** Saves now, one request after the other. */
  async save() {
    clearTimeout(this.timer);
    if (this.overtaken) return;
    await this.running;
    this.running = this.once();
    await this.running;
  }

  async once() {
    const text = await this.read();
    this.dirty = false;
    this.place.textContent = '正在存';
    try {
      const answer = await send(this.url, {
        method: 'PUT', body: text, type: this.type, headers: { 'If-Match': `"${this.rev}"` }
      });
      this.rev = answer.rev;
      this.note.replaceChildren();
      if (!this.dirty) this.place.textContent = `${answer.saved_at} 已存`;
      this.saved(answer);
    } catch (problem) {
      this.dirty = true;
      this.overtaken = problem.status === 409;
      this.place.textContent = '没有存上';
      this.tell(problem, text);
    }
  }

  tell(problem, text) {
    const box = document.createElement('div');
    box.className = 'zk-note zk-note--bad';
    box.setAttribute('role', 'alert');
    const words = document.createElement('p');
    words.textContent = problem.message ?? '没有存上';
    const actions = document.createElement('p');
    actions.className = 'mb-0';
    const take = document.createElement('button');
    Object.assign(take, { type: 'button', className: 'btn btn-sm btn-outline-secondary', textContent: '下载我的改动' });
    take.addEventListener('click', async () => { download(this.file, await this.read()); this.dirty = false; });
    actions.append(take);
    if (this.overtaken) {
      const open = document.createElement('a');
      Object.assign(open, { href: location.href, className: 'btn btn-sm btn-link', textContent: '打开最新的草稿' });
      actions.append(' ', open);
    }
    box.append(words, actions);
    this.note.replaceChildren(box);
  }
}
