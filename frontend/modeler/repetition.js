// Multi-instance: the same work for several people or things, and when it is enough.
import { make } from '../editing/make.mjs';
import { is, isAny } from './elements.js';
import { checkField, feelField, section, selectField, textField } from './fields.js';

const REPEATED = [ 'bpmn:UserTask', 'bpmn:ServiceTask', 'bpmn:SubProcess', 'bpmn:CallActivity' ];
const ANY_ONE = 'nrOfCompletedInstances >= 1';
const QUORUM = /^nrOfCompletedInstances\s*>=\s*(.+)$/;
const WAYS = [
  { value: '', label: '只办一次' },
  { value: 'all', label: '会签：每人都办完' },
  { value: 'any', label: '或签：一人办完就够' },
  { value: 'quorum', label: '办完若干人就够' },
  { value: 'own', label: '自己写完成条件' }
];

function wayOf(loop) {
  if (!loop) return '';
  const condition = loop.get('completionCondition')?.body?.trim() ?? '';
  if (!condition) return 'all';
  if (condition === ANY_ONE) return 'any';
  return QUORUM.test(condition) ? 'quorum' : 'own';
}

export function repetitionSection(panel, element, object) {
  if (!isAny(element, REPEATED)) return null;
  const loop = object.get('loopCharacteristics');
  if (loop && !is(loop, 'bpmn:MultiInstanceLoopCharacteristics'))
    return section('办几次', make('p', { class: 'zk-field-error' }, '循环标记不起作用，用网关画出循环。'));
  const way = wayOf(loop);
  const chooser = selectField({
    name: 'repetition', label: '办几次', value: way, options: WAYS, disabled: panel.locked,
    write: chosen => panel.write(writer => choose(writer, element, object, loop, chosen))
  });
  return section('会签与或签', chooser, ...(loop ? details(panel, element, loop, way) : []));
}

const CONDITIONS = { all: '', any: ANY_ONE, quorum: 'nrOfCompletedInstances >= nrOfInstances / 2', own: 'nrOfCompletedInstances = nrOfInstances' };

function choose(writer, element, object, loop, way) {
  if (!way) { writer.attributes(element, { loopCharacteristics: undefined }); return; }
  let current = loop;
  if (!current) {
    current = writer.made('bpmn:MultiInstanceLoopCharacteristics', {}, object);
    writer.attributes(element, { loopCharacteristics: current });
  }
  writer.expression(element, current, 'completionCondition', CONDITIONS[way]);
}

// moddle keeps references to data it does not know only as objects with an id; ours are names of variables
const referenceOf = value => (typeof value === 'string' ? value : value?.id ?? value?.body ?? '');

function details(panel, element, loop, way) {
  const disabled = panel.locked, { catalogue } = panel, variables = panel.variables();
  const condition = loop.get('completionCondition')?.body ?? '';
  const setCondition = text => panel.write(writer => writer.expression(element, loop, 'completionCondition', text));
  const item = (name, label, hint) => textField({
    name, label, hint, disabled, value: loop.get(name)?.get('id') ?? '',
    write: text => panel.write(writer => writer.part(element, loop, {
      [name]: text ? writer.made('bpmn:DataInput', { id: text, name: text }, loop) : undefined
    }))
  });
  return [
    way === 'quorum' && feelField({
      name: 'quorum', label: '至少办完几个', value: QUORUM.exec(condition.trim())[1], disabled, catalogue, variables,
      hint: 'nrOfInstances 是总数', write: text => setCondition(text ? `nrOfCompletedInstances >= ${text}` : ANY_ONE)
    }),
    way === 'own' && feelField({
      name: 'completion', label: '完成条件', value: condition, disabled, catalogue, variables, write: setCondition,
      hint: '可用 nrOfInstances、nrOfCompletedInstances、nrOfActiveInstances'
    }),
    textField({
      name: 'loopDataInputRef', label: '为谁各办一次（变量）', value: referenceOf(loop.get('loopDataInputRef')), disabled,
      hint: '列表变量的名称，如 approvers；列表里有几项就办几次',
      write: text => panel.write(writer => writer.part(element, loop, { loopDataInputRef: text ? reference(text) : undefined }))
    }),
    item('inputDataItem', '每一项的变量名', '各次办理时这一项叫什么，如 approver；办理人写成 =approver'),
    textField({
      name: 'loopDataOutputRef', label: '结果收进列表（选填）', value: referenceOf(loop.get('loopDataOutputRef')), disabled,
      write: text => panel.write(writer => writer.part(element, loop, { loopDataOutputRef: text ? reference(text) : undefined }))
    }),
    item('outputDataItem', '每次的结果（变量，选填）', '收进列表的是哪个变量'),
    checkField({
      name: 'isSequential', label: '一个接一个', value: loop.get('isSequential'), disabled,
      hint: '不勾则同时办', write: yes => panel.write(writer => writer.part(element, loop, { isSequential: yes }))
    })
  ];
}

const reference = name => ({ id: name });
