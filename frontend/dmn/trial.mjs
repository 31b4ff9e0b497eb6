// The try-out box: a field for every single value that the table reads, and what the table says.

const made = (name, properties = {}, ...inside) => {
  const element = document.createElement(name);
  for (const [ key, value ] of Object.entries(properties))
    if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  element.append(...inside);
  return element;
};

function field(one, number, value) {
  const id = `try-${number}`;
  const hint = one.type === 'list' ? '一列值，例如 ["A","B"] 或 []' : one.label !== one.path && !one.label.includes(one.path) ? one.path : '';
  const box = made('div', { className: 'zk-field mb-2' }, made('label', { htmlFor: id, textContent: one.label }));
  if (hint) box.append(made('p', { className: 'zk-hint', id: `${id}-hint`, textContent: hint }));
  let input;
  if (one.type === 'boolean') {
    const options = [ [ '', '不填' ], [ 'true', '是' ], [ 'false', '否' ] ];
    input = made('select', { className: 'form-select form-select-sm' },
      ...options.map(([ key, words ]) => made('option', { value: key, textContent: words, selected: key === value })));
  } else {
    input = made('input', { className: 'form-control form-control-sm', type: 'text', value, autocomplete: 'off' });
    if (one.choices.length) {
      input.setAttribute('list', `${id}-list`);
      box.append(made('datalist', { id: `${id}-list` }, ...one.choices.map(choice => made('option', { value: choice }))));
    }
  }
  input.id = id;
  input.dataset.path = one.path;
  if (hint) input.setAttribute('aria-describedby', `${id}-hint`);
  box.append(input);
  return box;
}

const words = value => value === null || value === undefined ? '（空）'
  : value === true ? '是' : value === false ? '否'
    : Array.isArray(value) ? value.map(words).join('、') : typeof value === 'object' ? JSON.stringify(value) : String(value);

function asRows(rows, labels) {
  const keys = Object.keys(rows[0]);
  return made('div', { className: 'zk-scroll', tabIndex: 0, role: 'group', 'aria-label': '结论，可左右滑动' },
    made('table', { className: 'zk-table' },
      made('caption', { className: 'visually-hidden', textContent: '试算的结论' }),
      made('thead', {}, made('tr', {}, ...keys.map(key => made('th', { scope: 'col', textContent: labels[key] ?? key })))),
      made('tbody', {}, ...rows.map(row => made('tr', {}, ...keys.map(key => made('td', { textContent: words(row[key]) })))))));
}

function conclusion(value, labels) {
  const isRow = one => one !== null && typeof one === 'object' && !Array.isArray(one) && Object.keys(one).length > 0;
  if (Array.isArray(value) && value.length && value.every(isRow)) return asRows(value, labels);
  if (isRow(value)) return asRows([ value ], labels);
  return made('p', {}, made('b', { textContent: `结论：${words(value)}` }));
}

export class Trial {
  constructor({ form, fields, result }, { ask, labels, matched }) {
    Object.assign(this, { form, fields, result, ask, labels, matched });
    this.shown = '';
    form.addEventListener('submit', event => { event.preventDefault(); this.run(); });
    form.addEventListener('reset', () => { result.replaceChildren(); matched([]); });
  }

  /** The fields for what the table reads now; what was typed stays. */
  show(asked) {
    const signature = JSON.stringify(asked);
    if (signature === this.shown) return;
    this.shown = signature;
    const typed = this.typed();
    this.fields.replaceChildren(...asked.map((one, number) => field(one, number, typed[one.path] ?? '')));
  }

  typed() {
    const inputs = [ ...this.fields.querySelectorAll('[data-path]') ];
    return Object.fromEntries(inputs.map(input => [ input.dataset.path, input.value ]));
  }

  /** Whether anything was asked before, so that an edit asks it again. */
  get isOpen() { return this.result.childNodes.length > 0; }

  async run() {
    const tried = await this.ask(this.typed());
    this.matched(tried?.matched ?? []);
    this.result.replaceChildren(...this.said(tried));
  }

  said(tried) {
    if (!tried) return [ made('p', { className: 'zk-note zk-note--bad', textContent: '决策表有错，改正后才能试算。' }) ];
    const rules = tried.matched.map(({ index, note }) => `规则 ${index}${note ? `（${note}）` : ''}`).join('、');
    const said = [ made('p', { className: 'mb-1', textContent: rules ? `匹配：${rules}` : '没有规则匹配' }) ];
    if (tried.problem && tried.problem !== '没有规则匹配')
      said.push(made('p', { className: 'zk-note zk-note--bad', textContent: tried.problem }));
    if (tried.matched.length && !tried.problem) said.push(conclusion(tried.value, this.labels()));
    return said;
  }
}
