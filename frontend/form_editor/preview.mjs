// The preview: a frame that our own server fills, with the form as it stands now. What was typed into it stays.

export class Preview {
  /** `place` holds the form that asks for the preview, the frame, and the buttons for its width. */
  constructor(place, read) {
    this.form = place.querySelector('form');
    this.frame = place.querySelector('iframe');
    this.read = read;
    for (const button of place.querySelectorAll('button[data-width]'))
      button.addEventListener('click', () => this.widen(place, button));
    this.frame.addEventListener('load', () => this.fit());
  }

  start() {
    this.form.elements._schema.value = this.read();
    this.form.submit();
  }

  /** Draws again, with what was typed. */
  refresh() {
    const inside = this.frame.contentDocument?.getElementById('preview-form');
    if (!inside) { this.start(); return; }
    const data = new FormData(inside);
    data.set('_schema', this.read());
    data.set('_do', 'refresh');
    this.replace(inside.action, data);
  }

  async replace(url, data) {
    for (const [ name, value ] of [ ...data.entries() ]) if (value instanceof File) data.delete(name);
    const answer = await fetch(url, { method: 'POST', body: data });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('main');
    const old = this.frame.contentDocument?.querySelector('main');
    if (!fresh || !old) { this.start(); return; }
    old.replaceWith(this.frame.contentDocument.adoptNode(fresh));
    this.fit();
  }

  widen(place, chosen) {
    for (const button of place.querySelectorAll('button[data-width]'))
      button.setAttribute('aria-pressed', String(button === chosen));
    this.frame.classList.toggle('zk-preview__frame--phone', chosen.dataset.width === 'phone');
    this.fit();
  }

  /** As high as what is in it, so that only the page scrolls. */
  fit() {
    const height = this.frame.contentDocument?.documentElement.scrollHeight;
    if (height) this.frame.height = Math.max(320, Math.min(height + 8, 1600));
  }
}
