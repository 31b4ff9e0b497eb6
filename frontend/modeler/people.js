// User tasks: their form, whose they are, until when, and what the rules of working with them are.
import { make } from '../editing/make.mjs';
import { deadline, deadlineParts, is, isAny, listed, objectOf, propertyOf } from './elements.js';
import { checkField, feelField, manyField, section, selectField, textField } from './fields.js';

export function peopleSections(panel, element, object) {
  if (!isAny(element, [ 'bpmn:UserTask', 'bpmn:ManualTask' ])) return [];
  return [
    is(element, 'bpmn:UserTask') ? form(panel, element, object) : null,
    people(panel, element, object),
    dueSection(panel, element, object),
    handling(panel, element, object)
  ];
}

function form(panel, element, object) {
  const { catalogue, facts } = panel;
  const value = object.get('formKey') ?? '', disabled = panel.locked;
  const write = text => panel.write(writer => writer.attributes(element, { formKey: text }));
  const suggested = `${facts.key}/${element.id.toLowerCase()}`;
  const isNew = value && !catalogue.forms.includes(value);
  const link = value && facts.formUrl
    ? make('p', { class: 'zk-prop__after' }, make('a', { href: facts.formUrl(value) }, isNew ? '去设计这张新表单' : '编辑表单'))
    : null;
  const makeNew = disabled || value ? null : make('button', {
    type: 'button', class: 'btn btn-sm btn-outline-secondary zk-prop__after', onclick: () => write(suggested)
  }, '新建一张表单');
  return section('表单',
    selectField({
      name: 'formKey', label: '表单', value, disabled, empty: '没有选',
      options: [ ...catalogue.forms, ...(isNew ? [ value ] : []) ].map(key => ({ value: key, label: key })), write
    }, link, makeNew),
    selectField({
      name: 'page', label: '专用页面（选填）', value: propertyOf(object, 'page'), disabled, empty: '用表单办理',
      hint: '有专用页面的环节不用表单办理', options: catalogue.pages.map(key => ({ value: key, label: key })),
      write: text => panel.write(writer => writer.property(element, 'page', text))
    }));
}

function people(panel, element, object) {
  const { catalogue } = panel;
  const groups = object.get('candidateGroups') ?? '', disabled = panel.locked;
  const set = name => text => panel.write(writer => writer.attributes(element, { [name]: asExpression(text) }));
  const isWorkedOut = groups.startsWith('=');
  const feel = (name, label, hint) => feelField({
    name, label, hint, value: (object.get(name) ?? '').replace(/^=\s*/, ''), disabled, catalogue, variables: panel.variables(), write: set(name)
  });
  return section('由谁办理',
    isWorkedOut
      ? feel('candidateGroups', '候选岗位（表达式）', '算出岗位的代号；清空后可以勾选岗位')
      : manyField({
        name: 'candidateGroups', label: '候选岗位', hint: '有这些岗位的人都能领取', values: listed(groups), disabled,
        options: catalogue.groups.map(group => ({ value: group.key, label: group.label })),
        write: keys => panel.write(writer => writer.attributes(element, { candidateGroups: keys.join(',') }))
      }),
    feel('candidateUsers', '候选人员（选填）', '算出账号的表达式，如 conditions.approvers'),
    feel('assignee', '办理人（选填）', '直接交给一人，如 witness_id；算出空文字时由岗位领取'));
}

const asExpression = text => (text ? `=${text.replace(/^=\s*/, '')}` : '');

/** A deadline in a property of the element; `place` says where the expression itself stands. */
export function dueField(panel, element, { name, label, text, disabled, write, empty }) {
  const { catalogue } = panel;
  const parts = deadlineParts(text);
  const periods = catalogue.parameters.filter(entry => entry.is_period);
  const chosen = parts ? parts.key : text ? '=' : '';
  const known = periods.find(entry => entry.key === parts?.key);
  const select = selectField({
    name: `${name}:parameter`, label, value: chosen, disabled, empty,
    hint: '期限由规则参数定，改参数不用改图',
    options: [
      ...periods.map(entry => ({ value: entry.key, label: `${entry.label}（${entry.value}）`, group: entry.article === '内部时限' ? '内部时限' : '办法规定' })),
      { value: '=', label: '自己写表达式' }
    ],
    write: key => {
      if (key === '=') write(text || 'now()', null);
      else write(key ? deadline(key, parts?.from) : '', key || null, parts?.from);
    }
  });
  const source = known && make('p', { class: 'zk-prop__hint' }, make('span', { class: 'zk-article' }, known.article), ` ${known.help}`);
  const from = parts && feelField({
    name: `${name}:from`, label: '从何时起算', value: parts.from, disabled, catalogue, variables: panel.variables(),
    hint: 'now() 是到这一环节的时刻', write: start => write(deadline(parts.key, start), parts.key, start)
  });
  const own = chosen === '=' && feelField({
    name: `${name}:own`, label: '到期时刻（表达式）', value: text.replace(/^=\s*/, ''), disabled, catalogue,
    variables: panel.variables(), write: typed => write(typed, null)
  });
  return [ select, source, from, own ].filter(Boolean);
}

function dueSection(panel, element, object) {
  return section('办理期限', ...dueField(panel, element, {
    name: 'dueDate', label: '期限', text: object.get('dueDate') ?? '', disabled: panel.locked, empty: '没有期限，逾期不会提醒',
    write: (text, key, from) => panel.write(writer => {
      writer.attributes(element, { dueDate: asExpression(text) });
      explain(writer, element, key, from);
    })
  }));
}

/** What the page says of a deadline: its parameter, and from when it was counted unless from the arrival. */
export function explain(writer, element, key, from) {
  if (key === null && propertyOf(objectOf(element), 'deadline')) return;   // an expression may still follow the parameter
  writer.property(element, 'deadline', key ?? '');
  writer.property(element, 'deadlineFrom', key && from && /^[A-Za-z_][\w.]*$/.test(from) ? from : '');
}

/** Which legal steps the bureau's leader decides instead of; the gate lets nobody else stand for one. */
function waivesField(panel, object, property) {
  const values = listed(propertyOf(object, 'waives')), options = panel.catalogue.legal;
  if (!options.length || (!values.length && object.get('candidateGroups') !== 'bureau_leader')) return null;
  return manyField({
    name: 'waives', label: '代替这些法定环节', hint: '图上不再有勾选的环节时，由局领导在这里决定；只有局领导一个岗位办理才算', values,
    options, disabled: panel.locked, write: keys => property('waives', keys.join(','))
  });
}

function handling(panel, element, object) {
  const disabled = panel.locked;
  const others = panel.modeler.get('elementRegistry').filter(entry => is(entry, 'bpmn:UserTask') && entry !== element && entry.type !== 'label')
    .map(entry => ({ value: entry.id, label: objectOf(entry).get('name') || entry.id }));
  const property = (name, value) => panel.write(writer => writer.property(element, name, value));
  const many = (name, label, hint) => others.length
    ? manyField({ name, label, hint, values: listed(propertyOf(object, name)), options: others, disabled, write: ids => property(name, ids.join(',')) })
    : null;
  return section('办理规则',
    checkField({
      name: 'withdrawable', label: '办结后还可以撤回', disabled, value: propertyOf(object, 'withdrawable') === 'true',
      hint: '下一环节还没有动手时，办结的人可以撤回来改', write: yes => property('withdrawable', yes ? 'true' : '')
    }),
    many('returnTargets', '可以退回到', '办理人认为前面的环节要重做时'),
    waivesField(panel, object, property),
    many('fourEyes', '不能由这些环节的办理人办（四眼）', '办过勾选环节的人领不到这一件'),
    selectField({
      name: 'bulk', label: '成批办理（选填）', disabled, empty: '一件一件办', value: propertyOf(object, 'bulk'),
      options: panel.catalogue.bulk.map(act => ({ value: act.key, label: act.label })), write: key => property('bulk', key)
    }),
    textField({
      name: 'unitVariable', label: '只给这个单位的人（选填）', value: propertyOf(object, 'unitVariable'), disabled,
      hint: '存着单位编号的变量，如 organiser_unit', write: text => property('unitVariable', text)
    }));
}
