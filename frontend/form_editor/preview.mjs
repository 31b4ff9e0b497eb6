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

  /** Draws again, with what was typed: the form inside is sent as its own button for showing what changed sends it. */
  refresh() {
    const inside = this.frame.contentDocument?.getElementById('preview-form');
    if (!inside) { this.start(); return; }
    inside.elements._schema.value = this.read();
    const button = document.createElement('input');
    Object.assign(button, { type: 'hidden', name: '_do', value: 'refresh' });
    inside.append(button);
    inside.submit();
  }

  widen(place, chosen) {
    for (const button of place.querySelectorAll('button[data-width]')) {
      button.setAttribute('aria-pressed', String(button === chosen));
      button.classList.toggle('active', button === chosen);
    }
    this.frame.classList.toggle('zk-preview__frame--phone', chosen.dataset.width === 'phone');
    this.fit();
  }

  /** As high as what is in it, so that only the page scrolls. */
  fit() {
    const height = this.frame.contentDocument?.documentElement.scrollHeight;
    if (height) this.frame.height = Math.max(320, Math.min(height + 8, 1600));
  }
}
