// The check list of the server beside the diagram: every finding points at its element and, where a machine can mend
// it, has a button that does so.
import { fixOf } from './fixes.js';
import { make } from '../editing/make.mjs';

const MARKS = { error: [ 'bad', '!' ], override: [ 'bad', '!' ], care: [ 'care', '!' ], ok: [ '', '✓' ], skipped: [ 'idle', '–' ] };
const GRADES = { error: 'error', override: 'override', warning: 'care' };
const SPOKEN = { error: '错误：', override: '须局领导批准：', care: '提醒：', ok: '通过：', skipped: '没有检查：' };

export class Checks {
  /** `pane` is where the list stands; `studio` points at elements and mends. */
  constructor(pane, studio) {
    Object.assign(this, { pane, studio, report: null });
  }

  /** The list of a version that cannot be changed is the server's; it can still point at the diagram. */
  point() {
    for (const item of this.pane.querySelectorAll('li[data-element]')) {
      const { element } = item.dataset;
      if (this.studio.knows(element)) item.append(make('p', {}, this.pointer(element, 'care')));
    }
  }

  pointer(id, status) {
    return make('button', { type: 'button', class: 'btn btn-link btn-sm p-0', onclick: () => this.studio.point(id, status) }, '在图上指出');
  }

  wait() {
    this.pane.setAttribute('aria-busy', 'true');
    if (!this.report) this.pane.replaceChildren(make('p', { class: 'zk-muted py-2' }, '正在检查…'));
  }

  fail(message) {
    this.pane.removeAttribute('aria-busy');
    this.pane.replaceChildren(make('p', { class: 'zk-note zk-note--bad' }, message),
      make('button', { type: 'button', class: 'btn btn-sm btn-outline-secondary', onclick: () => this.studio.check() }, '再检查一次'));
  }

  show(report) {
    this.report = report;
    const open = report.lines.filter(line => line.findings.length);
    const passed = report.lines.filter(line => line.status === 'ok' && !line.findings.length);
    const skipped = report.lines.filter(line => line.status === 'skipped');
    this.pane.removeAttribute('aria-busy');
    this.pane.replaceChildren(...[
      make('p', { class: 'zk-small zk-muted py-2 mb-0', role: 'status' }, this.summary(report)),
      open.length ? make('ul', { class: 'zk-rules' }, ...this.gravestFirst(open)) : null,
      skipped.length ? this.folded(`没有检查 ${skipped.length} 项`, skipped, true) : null,
      passed.length ? this.folded(`通过的检查 ${passed.length} 项`, passed, !open.length) : null,
      this.coverage(report)
    ].filter(Boolean));
    this.studio.counted(report.counts ?? {}, report.scenarios ?? []);
  }

  gravestFirst(lines) {
    const found = lines.flatMap(line => line.findings.map(finding => ({ line, finding })));
    const rank = ({ finding }) => [ 'error', 'override', 'warning' ].indexOf(finding.severity);
    return found.sort((one, other) => rank(one) - rank(other)).map(({ line, finding }) => this.finding(line, finding));
  }

  summary({ counts = {}, milliseconds }) {
    const parts = [ [ 'error', '处要改正' ], [ 'override', '处须局领导批准' ], [ 'care', '处提醒' ] ]
      .filter(([ grade ]) => counts[grade]).map(([ grade, words ]) => `${counts[grade]} ${words}`);
    const time = milliseconds >= 1000 ? `，用了 ${(milliseconds / 1000).toFixed(1)} 秒` : '';
    return `${parts.length ? parts.join('，') : '全部通过，可以提交审批'}${time}`;
  }

  mark(status) {
    const [ kind, sign ] = MARKS[status] ?? MARKS.skipped;
    return [ make('span', { class: `zk-mark${kind ? ` zk-mark--${kind}` : ''}`, 'aria-hidden': 'true' }, sign) ];
  }

  finding(line, finding) {
    const status = GRADES[finding.severity] ?? line.status;
    const acts = [];
    if (finding.element_id && this.studio.knows(finding.element_id))
      acts.push(this.pointer(finding.element_id, status));
    const fix = this.studio.readOnly ? null : fixOf(this.studio, finding);
    if (fix) acts.push(make('button', { type: 'button', class: 'btn btn-link btn-sm p-0', onclick: fix.act }, fix.label));
    const name = this.studio.nameOf(finding.element_id);
    return make('li', { 'data-code': finding.code, 'data-element': finding.element_id },
      ...this.mark(status),
      make('div', {}, make('span', { class: 'visually-hidden' }, SPOKEN[status] ?? ''),
        make('b', {}, name && !finding.message.includes(name) ? `${name}：${finding.message}` : finding.message)),
      make('p', {}, finding.mend, finding.article ? ' ' : null,
        finding.article ? make('span', { class: 'zk-article' }, finding.article) : null),
      finding.examples?.length ? make('p', {}, `例：${finding.examples.slice(0, 3).join('；')}`) : null,
      acts.length ? make('p', { class: 'zk-check-acts' }, ...acts) : null);
  }

  folded(title, lines, open) {
    return make('details', { open },
      make('summary', { class: 'fw-semibold py-2' }, title),
      make('ul', { class: 'zk-rules' }, ...lines.map(line => make('li', {}, ...this.mark(line.status),
        make('div', {}, make('span', { class: 'visually-hidden' }, SPOKEN[line.status]), line.title),
        line.note ? make('p', {}, line.note) : null))));
  }

  coverage(report) {
    if (!Object.keys(report.coverage ?? {}).length) return null;
    const id = 'zk-coverage';
    const box = make('input', { type: 'checkbox', class: 'form-check-input', id, onchange: () => this.studio.cover(box.checked ? report.coverage : null) });
    box.checked = this.studio.isCovered;
    if (box.checked) this.studio.cover(report.coverage);
    return make('div', { class: 'form-check my-3' }, box,
      make('label', { for: id, class: 'form-check-label' }, '在图上标出场景走过的连线（次数）'));
  }
}
