// Saving the draft: three seconds after the last change, on Ctrl+S and on leaving. What cannot be saved stays in the
// page and can be taken away as a file; nobody's work is overwritten.
import { make } from './fields.js';

const WAIT = 3000, AGAIN = 15000;
const GONE = { 400: 'stale', 401: 'away', 403: 'away' };

export class Saving {
  /** `facts`: saveUrl, rev, key; `status` shows a line, `notes` takes banners. `after` is told of every save. */
  constructor(modeler, facts, { status, notes, after, flush }) {
    Object.assign(this, { modeler, facts, status, notes, after, flush, rev: facts.rev, dirty: false, halted: false, running: null });
    // what was only read in is no change of the owner's
    modeler.get('eventBus').on('commandStack.changed', ({ trigger }) => { if (trigger !== 'clear') this.changed(); });
    window.addEventListener('beforeunload', event => { if (this.dirty) event.preventDefault(); });
    window.addEventListener('online', () => { if (this.dirty && !this.halted) this.save(); });
  }

  say(text, kind = '') {
    this.status.textContent = text;
    this.status.dataset.kind = kind;
  }

  changed() {
    this.dirty = true;
    if (this.halted) return;
    this.say('有改动还没有存');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  /** True when what the page shows is stored. Two saves never run at once: the second waits and sends what is new. */
  async save() {
    clearTimeout(this.timer);
    this.flush();
    if (this.running) { await this.running; if (!this.dirty) return true; }
    if (!this.dirty || this.halted) return !this.dirty;
    this.running = this.send().finally(() => { this.running = null; });
    return this.running;
  }

  async send() {
    const { xml } = await this.modeler.saveXML({ format: true });
    this.dirty = false;
    this.say('正在存…');
    try {
      let answer = await this.put(xml);
      if (GONE[answer.status] === 'stale' && await this.freshToken()) answer = await this.put(xml);
      return await this.answered(answer);
    } catch {
      this.dirty = true;
      this.say('没有连上服务器，改动还在本页，连上后再存', 'bad');
      this.timer = setTimeout(() => this.save(), AGAIN);
      return false;
    }
  }

  put(body) {
    return fetch(this.facts.saveUrl, {
      method: 'PUT', body, credentials: 'same-origin', redirect: 'manual',
      headers: { 'Content-Type': 'application/xml', Accept: 'application/json', 'If-Match': `"${this.rev}"`, 'X-CSRFToken': token() }
    });
  }

  /** After a night, or after logging in anew in another tab, the token of this page is no longer good. */
  async freshToken() {
    if (!this.facts.tokenUrl) return false;
    const answer = await fetch(this.facts.tokenUrl, { credentials: 'same-origin', redirect: 'manual' });
    if (!answer.ok || !answer.headers.get('Content-Type')?.includes('json')) return false;
    document.querySelector('meta[name="csrf-token"]').content = (await answer.json()).csrf_token;
    return true;
  }

  async answered(answer) {
    const told = answer.headers.get('Content-Type')?.includes('json') ? await answer.json() : {};
    if (answer.ok) {
      this.rev = told.rev;
      this.facts.rev = told.rev;
      if (!this.dirty) this.say(`${told.saved_at ?? ''} 已存`.trim(), 'ok');
      this.notes.replaceChildren();
      this.after(told);
      return true;
    }
    this.dirty = true;
    if (answer.status === 409) this.overtaken(told);
    else if (answer.type === 'opaqueredirect' || GONE[answer.status]) this.loggedOut(told);
    else this.refused(told);
    return false;
  }

  overtaken({ saved_by: who, saved_at: when, message }) {
    this.halted = true;
    this.say('没有存上', 'bad');
    this.banner('care', who ? `${who} ${when ?? ''} 已经存了另一版，你的改动没有存上，也没有盖掉对方的。` : message,
      make('button', { type: 'button', class: 'btn btn-sm btn-primary', onclick: () => this.reload() }, '看对方的版本'), this.download());
  }

  loggedOut({ message }) {
    this.halted = true;
    this.say('没有存上', 'bad');
    this.banner('bad', `${message ?? '登录已经过期，或这一页打开得太久。'}改动还在本页，没有丢。可以在新窗口重新登录，再回到这里存。`,
      make('a', { class: 'btn btn-sm btn-outline-secondary', href: '/', target: '_blank', rel: 'noopener' }, '在新窗口登录'),
      make('button', { type: 'button', class: 'btn btn-sm btn-primary', onclick: () => this.again() }, '再存一次'), this.download());
  }

  refused({ message }) {
    this.say('没有存上', 'bad');
    this.banner('bad', message ?? '服务器没有接受这次保存，改动还在本页。',
      make('button', { type: 'button', class: 'btn btn-sm btn-primary', onclick: () => this.again() }, '再存一次'), this.download());
  }

  async again() {
    this.halted = false;
    this.dirty = true;
    await this.freshToken().catch(() => false);
    return this.save();
  }

  reload() {
    this.dirty = false;
    location.reload();
  }

  download() {
    return make('button', { type: 'button', class: 'btn btn-sm btn-outline-secondary', onclick: async () => {
      const { xml } = await this.modeler.saveXML({ format: true });
      const link = make('a', { href: URL.createObjectURL(new Blob([ xml ], { type: 'application/xml' })), download: `${this.facts.key}.bpmn` });
      link.click();
      URL.revokeObjectURL(link.href);
    } }, '下载我的版本');
  }

  banner(kind, text, ...acts) {
    const note = make('div', { class: `zk-note zk-note--${kind} zk-modeler__note`, role: 'alert', tabindex: '-1' },
      make('p', {}, text), make('div', { class: 'zk-actions' }, ...acts));
    this.notes.replaceChildren(note);
  }
}

export const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? '';
