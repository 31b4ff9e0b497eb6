// What the server reads of a component beyond form-js: the legal article, hints of options, limits of lists.
// They lie in the component's `properties`; here each has its name and a field of its own in the panel.
import { h } from 'preact';

const LABELS = {
  title: '表单标题', next: '提交后的去向（FEEL）',
  article: '依据的条款', hint: '提示', display: '显示方式',
  minItems: '至少选几项', maxItems: '最多选几项', every: '须逐项勾选（FEEL）',
  minDate: '不早于', maxDate: '不晚于', maxKb: '每份最多多少 KB',
  minRows: '至少几行', maxRows: '最多几行', rowLabel: '每一行叫什么', addLabel: '加一行的按钮',
  autocomplete: '浏览器自动填写的种类', inputmode: '手机键盘的种类', prefix: '前缀', suffix: '后缀'
};
const OF_AN_OPTION = { hint: '提示', article: '条款', mark: '核对结果' };
const CHOICES = {
  radio: { display: [ [ '', '自动' ], [ 'choice', '大块，附去向' ], [ 'list', '列表' ] ] },
  checklist: { display: [ [ '', '勾选框' ], [ 'rules', '逐项核对' ] ] }
};

function Entry({ id, label, value, choices, onChange }) {
  const input = choices
    ? h('select', { id, class: 'bio-properties-panel-input', value, onChange: event => onChange(event.target.value) },
      choices.map(([ key, words ]) => h('option', { value: key, selected: key === value }, words)))
    : h('input', {
      id, type: 'text', class: 'bio-properties-panel-input', value, autocomplete: 'off',
      onInput: event => onChange(event.target.value)
    });
  return h('div', { class: 'bio-properties-panel-entry', 'data-entry-id': id }, [
    h('div', { class: 'bio-properties-panel-textfield' }, [
      h('label', { for: id, class: 'bio-properties-panel-label' }, label), input
    ])
  ]);
}

const known = (field, vocabulary) => {
  const type = field.type === 'default' ? vocabulary.form : vocabulary.properties[field.type] ?? [];
  return field.type === 'default' ? type : [ ...vocabulary.anywhere, ...type ];
};

function keysOf(field, vocabulary) {
  const keys = [];
  for (const key of known(field, vocabulary)) {
    if (!key.endsWith(':')) keys.push([ key, LABELS[key] ?? key ]);
    else for (const { value, label } of field.values ?? [])
      keys.push([ key + value, `“${label || value}”的${OF_AN_OPTION[key.slice(0, -1)] ?? key}` ]);
  }
  return keys;
}

/** The group of the panel for what the server reads beyond form-js; null where there is nothing. */
export function settingsGroup(field, editField, vocabulary) {
  const keys = keysOf(field, vocabulary);
  if (!keys.length) return null;
  const set = (key, value) => {
    const { [key]: _old, ...others } = field.properties ?? {};
    const properties = value === '' ? others : { ...others, [key]: value };
    editField(field, [ 'properties' ], Object.keys(properties).length ? properties : undefined);
  };
  const entries = keys.map(([ key, label ]) => ({
    id: `zk-${key}`.replace(/[^\w-]/g, '-'),
    component: props => h(Entry, {
      id: props.id, label, value: (field.properties ?? {})[key] ?? '',
      choices: CHOICES[field.type]?.[key], onChange: value => set(key, value)
    })
  }));
  return { id: 'zk-settings', label: field.type === 'default' ? '表单' : '条款与提示', entries, shouldOpen: true };
}

/** Whether the panel has a field of its own for this property. */
export const isSetting = (field, key, vocabulary) => keysOf(field, vocabulary).some(([ name ]) => name === key);
