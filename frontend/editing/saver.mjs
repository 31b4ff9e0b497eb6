// Saves one part of a draft: three seconds after the last change, on Ctrl+S and by the button. What cannot be saved
// stays in the page and can be taken away as a file; what somebody else saved meanwhile is never overwritten.
import { make } from './make.mjs';
import { renewToken, send } from './requests.mjs';
import './saver.css';

const QUIET_MS = 3000, AGAIN_MS = 15000;

const button = (look, onclick, words) => make('button', { type: 'button', class: `btn btn-sm ${look}`, onclick }, words);

export class Saver {
  /**
   * `read` gives the text to save (a promise), `flush` brings into it what is still being typed; `status` is the element
   * that says how saving stands, `notes` the one for refusals; `saved` is called with what the server answers.
   */
  constructor({ url, rev, type, file, read, status, notes, flush = () => {}, saved = () => {} }) {
    Object.assign(this, { url, rev, type, file, read, status, notes, flush, saved });
    Object.assign(this, { dirty: false, halted: false, running: null });
    addEventListener('beforeunload', event => { if (this.dirty) event.preventDefault(); });
    addEventListener('online', () => { if (!this.halted) this.save(); });
    addEventListener('keydown', event => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      this.save();
    });
  }

  say(text, kind = '') {
    this.status.textContent = text;
    this.status.dataset.kind = kind;
  }

  /** Something was edited. */
  changed() {
    this.dirty = true;
    if (this.halted) return;
    this.say('有改动还没有存');
    this.later(QUIET_MS);
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  /** True when what the page shows is stored. Two saves never run at once: the second waits and sends what is new. */
  async save() {
    clearTimeout(this.timer);
    this.flush();
    while (this.running) await this.running;
    if (!this.dirty || this.halted) return !this.dirty;
    this.running = this.once().finally(() => { this.running = null; });
    return this.running;
  }

  async once() {
    const body = await this.read();
    this.dirty = false;
    this.say('正在存…');
    const headers = { 'If-Match': `"${this.rev}"` };
    const told = await send(this.url, { method: 'PUT', body, type: this.type, headers }).catch(problem => this.failed(problem));
    if (told) this.stored(told);
    return !this.dirty;
  }

  stored(told) {
    this.rev = told.rev;
    if (!this.dirty) this.say(`${told.saved_at} 已存`, 'ok');
    this.notes.replaceChildren();
    this.saved(told);
  }

  failed({ status, isAway, isUnreached, message, saved_by: who, saved_at: when }) {
    this.dirty = true;
    if (isUnreached) {
      this.say('没有连上服务器，改动还在本页，连上后再存', 'bad');
      this.later(AGAIN_MS);
      return;
    }
    this.say('没有存上', 'bad');
    this.halted = isAway || status === 409;
    const again = () => button('btn-primary', () => this.again(), '再存一次');
    if (status === 409 && who)
      this.note('care', `${who} ${when} 已经存了另一版，你的改动没有存上，也没有盖掉对方的。`, button('btn-primary', () => this.reload(), '看对方的版本'));
    else if (status === 409) this.note('care', message, button('btn-primary', () => this.reload(), '打开最新的草稿'));
    else if (isAway)
      this.note('bad', `${message}改动还在本页，没有丢。可以在新窗口重新登录，再回到这里存。`,
        make('a', { class: 'btn btn-sm btn-outline-secondary', href: '/', target: '_blank', rel: 'noopener' }, '在新窗口登录'), again());
    else this.note('bad', message, again());
  }

  note(kind, text, ...acts) {
    this.notes.replaceChildren(make('div', { class: `zk-note zk-note--${kind} zk-saver__note`, role: 'alert', tabindex: '-1' },
      make('p', {}, text),
      make('div', { class: 'zk-actions' }, ...acts, button('btn-outline-secondary', () => this.download(), '下载我的版本'))));
  }

  async again() {
    this.halted = false;
    this.dirty = true;
    await renewToken();
    return this.save();
  }

  reload() {
    this.dirty = false;
    location.reload();
  }

  async download() {
    const link = make('a', { href: URL.createObjectURL(new Blob([ await this.read() ])), download: this.file });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}
