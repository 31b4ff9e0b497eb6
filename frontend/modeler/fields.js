// The parts of the properties panel: plain elements with the product's classes, each with a label and a hint.
import FeelEditor from '@bpmn-io/feel-editor';
import { EditorState } from '@codemirror/state';
import { make } from '../editing/make.mjs';

let count = 0;

/** A label, a hint below it, and the control. `name` is how the panel finds the field again after it was redrawn. */
function framed(name, label, hint, control, ...after) {
  const id = `zk-field-${++count}`;
  const hintId = `${id}-hint`;
  control.id = id;
  control.dataset.field = name;
  if (hint) control.setAttribute('aria-describedby', hintId);
  return make('div', { class: 'zk-prop' },
    make('label', { for: id, class: 'zk-prop__label' }, label),
    hint ? make('p', { id: hintId, class: 'zk-prop__hint' }, hint) : null,
    control, ...after);
}

export function textField({ name, label, hint, value, write, lines = 0, disabled = false, list = null }) {
  const control = lines
    ? make('textarea', { class: 'form-control form-control-sm', rows: String(lines), disabled })
    : make('input', { class: 'form-control form-control-sm', type: 'text', disabled, spellcheck: 'false' });
  control.value = value ?? '';
  control.addEventListener('change', () => write(control.value.trim()));
  if (!list) return framed(name, label, hint, control);
  const options = make('datalist', { id: `zk-list-${++count}` }, ...list.map(entry => make('option', { value: entry })));
  control.setAttribute('list', options.id);
  return framed(name, label, hint, control, options);
}

/** `options`: [ { value, label, group? } ]. A value that is not among them is kept and shown as it is. */
export function selectField({ name, label, hint, value, options, write, disabled = false, empty = null }, ...after) {
  const control = make('select', { class: 'form-select form-select-sm', disabled });
  if (empty !== null) control.append(make('option', { value: '' }, empty));
  const groups = new Map();
  for (const option of options) {
    const entry = make('option', { value: option.value }, option.label);
    if (!option.group) { control.append(entry); continue; }
    if (!groups.has(option.group)) {
      groups.set(option.group, make('optgroup', { label: option.group }));
      control.append(groups.get(option.group));
    }
    groups.get(option.group).append(entry);
  }
  if (value && !options.some(option => option.value === value)) control.append(make('option', { value }, `${value}（没有这一项）`));
  control.value = value ?? '';
  control.addEventListener('change', () => write(control.value));
  return framed(name, label, hint, control, ...after);
}

export function checkField({ name, label, hint, value, write, disabled = false }) {
  const id = `zk-field-${++count}`;
  const control = make('input', { class: 'form-check-input', type: 'checkbox', id, disabled });
  control.checked = Boolean(value);
  control.dataset.field = name;
  control.addEventListener('change', () => write(control.checked));
  if (hint) control.setAttribute('aria-describedby', `${id}-hint`);
  return make('div', { class: 'zk-prop form-check' }, control, make('label', { for: id, class: 'form-check-label' }, label),
    hint ? make('p', { id: `${id}-hint`, class: 'zk-prop__hint' }, hint) : null);
}

/** Several of a list, as boxes in a field set. */
export function manyField({ name, label, hint, values, options, write, disabled = false }) {
  const boxes = options.map(option => {
    const id = `zk-field-${++count}`;
    const box = make('input', { class: 'form-check-input', type: 'checkbox', id, value: option.value, disabled });
    box.checked = values.includes(option.value);
    box.dataset.field = `${name}:${option.value}`;
    box.addEventListener('change', () => write(boxes.filter(entry => entry.checked).map(entry => entry.value)));
    return box;
  });
  // what is written and no longer offered stays until it is taken away by hand
  const unknown = values.filter(value => !options.some(option => option.value === value));
  const rows = boxes.map((box, position) => make('div', { class: 'form-check' }, box,
    make('label', { for: box.id, class: 'form-check-label' }, options[position].label)));
  const lost = unknown.map(value => make('p', { class: 'zk-field-error' }, `没有“${value}”`,
    make('button', { type: 'button', class: 'btn btn-sm btn-link', onclick: () => write(values.filter(entry => entry !== value)) }, '去掉')));
  return make('fieldset', { class: 'zk-prop' }, make('legend', { class: 'zk-prop__label' }, label),
    hint ? make('p', { class: 'zk-prop__hint' }, hint) : null, ...rows, ...lost);
}

/** The keys of the rule set's parameters, offered inside quotation marks. */
function parameterCompletion(parameters) {
  return context => {
    const before = context.matchBefore(/"[a-z_.]*/);
    if (!before) return null;
    return {
      from: before.from + 1,
      options: parameters.map(entry => ({ label: entry.key, detail: entry.value.length > 20 ? entry.label : `${entry.label} ${entry.value}`, type: 'constant' }))
    };
  };
}

export function feelField({ name, label, hint, value, write, catalogue, variables, disabled = false, rows = 1 }) {
  const id = `zk-field-${++count}`;
  // one source for the life of the field: CodeMirror tells sources apart by identity
  const offered = [ { autocomplete: parameterCompletion(catalogue.parameters) } ];
  const box = make('div', { class: `zk-feel form-control form-control-sm${rows > 1 ? ' zk-feel--tall' : ''}` });
  let typed = value ?? '';
  const editor = new FeelEditor({
    container: box, value: typed, readOnly: disabled, variables,
    builtins: catalogue.functions.map(entry => ({
      name: entry.name, type: 'function', info: entry.doc, params: entry.parameters.map(param => ({ name: param }))
    })),
    contentAttributes: { 'aria-label': label, 'data-field': name, ...(hint ? { 'aria-describedby': `${id}-hint` } : {}) },
    extensions: [
      EditorState.languageData.of(() => offered),
      EditorState.phrases.of(PHRASES)
    ],
    onChange: text => { typed = text; }
  });
  const commit = () => { if (typed.trim() !== (value ?? '').trim()) { value = typed; write(typed.trim()); } };
  box.addEventListener('focusout', () => setTimeout(commit, 0));
  box.commit = commit;
  box.editor = editor;
  return make('div', { class: 'zk-prop' }, make('span', { class: 'zk-prop__label', onclick: () => editor.focus() }, label),
    hint ? make('p', { id: `${id}-hint`, class: 'zk-prop__hint' }, hint) : null, box);
}

const PHRASES = {
  'Completions': '补全', 'Diagnostics': '问题', 'No diagnostics': '没有问题', 'Control character': '控制字符',
  'Selection deleted': '已删去所选', 'close': '关闭'
};

export const section = (title, ...children) =>
  make('section', { class: 'zk-prop-group' }, make('h3', {}, title), ...children.filter(Boolean));
