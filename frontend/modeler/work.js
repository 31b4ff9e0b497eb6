// What the system does by itself: operations, decisions, scripts, called processes.
import { make } from '../editing/make.mjs';
import { extensionOf, is } from './elements.js';
import { feelField, section, selectField, textField } from './fields.js';

const OPERATOR = 'spiffworkflow:ServiceTaskOperator';
const VARIABLE_HINT = '以后的表达式用这个名称取结果';

export function workSections(panel, element, object) {
  if (is(element, 'bpmn:ServiceTask')) return operation(panel, element, object);
  if (is(element, 'bpmn:BusinessRuleTask')) return [ decision(panel, element, object) ];
  if (is(element, 'bpmn:ScriptTask')) return [ script(panel, element, object) ];
  if (is(element, 'bpmn:CallActivity')) return [ call(panel, element, object) ];
  return [];
}

/** Inputs and outputs are shown by the procedure the operation belongs to. */
const AREAS = {
  entry: '入库', publicity: '公示', objection: '异议', selection: '评审抽取', invitation: '邀请', designation: '指定专家',
  notices: '通知', draw: '抽取', expert: '专家'
};

function operation(panel, element, object) {
  const { catalogue } = panel, disabled = panel.locked;
  const operator = extensionOf(object, OPERATOR);
  const found = catalogue.operations.find(entry => entry.name === operator?.id);
  const choose = name => panel.write(writer => {
    if (!name) { writer.removeExtension(element, OPERATOR); return; }
    writer.part(element, writer.extension(element, OPERATOR), { id: name });
    const inputs = new Set(catalogue.operations.find(entry => entry.name === name)?.inputs.map(input => input.name));
    for (const parameter of [ ...(extensionOf(object, OPERATOR).parameterList?.get('parameters') ?? []) ])
      if (!inputs.has(parameter.id)) writer.parameter(element, parameter.id, parameter.type, '');
  });
  const chosen = section('系统操作',
    selectField({
      name: 'operation', label: '操作', value: operator?.id ?? '', disabled, empty: '没有选', write: choose,
      options: catalogue.operations.map(entry => ({
        value: entry.name, label: entry.retired ? `${entry.label}（已停用）` : entry.label,
        group: AREAS[entry.name.split('.')[0]] ?? '其他'
      }))
    }),
    found?.retired && make('p', { class: 'zk-field-error' }, '这一操作已经停用，另选一个。'),
    found?.doc && make('p', { class: 'zk-prop__hint' }, found.doc),
    operator && textField({
      name: 'resultVariable', label: '结果放进变量（选填）', value: operator.resultVariable, disabled,
      hint: found?.outputs.length ? `结果有：${found.outputs.map(output => `${output.name}（${output.label}）`).join('、')}` : VARIABLE_HINT,
      write: text => panel.write(writer => writer.part(element, operator, { resultVariable: text || undefined }))
    }));
  return [ chosen, found && !found.retired ? inputs(panel, element, operator, found) : null ];
}

function inputs(panel, element, operator, found) {
  const given = new Map((operator.parameterList?.get('parameters') ?? []).map(entry => [ entry.id, entry.value ]));
  const unknown = [ ...given.keys() ].filter(name => !found.inputs.some(input => input.name === name));
  if (!found.inputs.length && !unknown.length) return section('输入', make('p', { class: 'zk-muted' }, '这一操作不要输入。'));
  return section('输入',
    make('p', { class: 'zk-prop__hint' }, '每项是一个表达式：变量直接写名称，文字加引号，如 "通过"'),
    ...found.inputs.map(input => feelField({
      name: `input:${input.name}`, label: input.required ? input.label : `${input.label}（选填）`,
      hint: `${input.name}：${input.help}`, value: given.get(input.name) ?? '', disabled: panel.locked,
      catalogue: panel.catalogue, variables: panel.variables(),
      write: text => panel.write(writer => writer.parameter(element, input.name, input.type, text))
    })),
    ...unknown.map(name => make('p', { class: 'zk-field-error' }, `操作没有名为“${name}”的输入 `,
      panel.locked ? null : make('button', {
        type: 'button', class: 'btn btn-sm btn-link', onclick: () => panel.write(writer => writer.parameter(element, name, '', ''))
      }, '去掉'))));
}

function resultField(panel, element, object) {
  return textField({
    name: 'resultVariable', label: '结果放进变量', value: object.get('resultVariable'), disabled: panel.locked, hint: VARIABLE_HINT,
    write: text => panel.write(writer => writer.attributes(element, { resultVariable: text }))
  });
}

function decision(panel, element, object) {
  const value = object.get('decisionRef') ?? extensionOf(object, 'spiffworkflow:CalledDecisionId')?.value?.trim() ?? '';
  const table = panel.catalogue.decisions.find(entry => entry.id === value)?.table;
  const link = table && panel.facts.tableUrl
    ? make('p', { class: 'zk-prop__after' }, make('a', { href: panel.facts.tableUrl(table) }, '编辑决策表')) : null;
  return section('决策表',
    selectField({
      name: 'decisionRef', label: '决策', value, disabled: panel.locked, empty: '没有选',
      options: panel.catalogue.decisions.map(entry => ({ value: entry.id, label: `${entry.name}（${entry.id}）` })),
      write: id => panel.write(writer => {
        writer.attributes(element, { decisionRef: id });
        writer.extensionText(element, 'spiffworkflow:CalledDecisionId', id);
      })
    }, link),
    resultField(panel, element, object));
}

function script(panel, element, object) {
  return section('脚本',
    feelField({
      name: 'script', label: '表达式', value: object.get('script') ?? '', rows: 4, disabled: panel.locked,
      catalogue: panel.catalogue, variables: panel.variables(), hint: '用 FEEL 算出一个值',
      write: text => panel.write(writer => writer.attributes(element, { script: text, scriptFormat: 'feel' }))
    }),
    resultField(panel, element, object));
}

function call(panel, element, object) {
  return section('调用的流程', selectField({
    name: 'calledElement', label: '流程', value: object.get('calledElement') ?? '', disabled: panel.locked, empty: '没有选',
    hint: '用发布时在用的版本',
    options: panel.catalogue.processes.filter(entry => entry.key !== panel.facts.key)
      .map(entry => ({ value: entry.key, label: entry.name })),
    write: key => panel.write(writer => writer.attributes(element, { calledElement: key }))
  }));
}
