// Quick hints while drawing; the check list of the server has the last word.
import StaticResolver from 'bpmnlint/lib/resolver/static-resolver.js';
import { extensionOf } from './elements.js';

const CHOICES = [ 'bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway' ];
const ALLOWED = new Set([
  'StartEvent', 'EndEvent', 'IntermediateCatchEvent', 'BoundaryEvent', 'UserTask', 'ManualTask', 'ServiceTask', 'ScriptTask',
  'BusinessRuleTask', 'ReceiveTask', 'CallActivity', 'SubProcess', 'ExclusiveGateway', 'ParallelGateway', 'InclusiveGateway',
  'EventBasedGateway'
]);

const is = (node, ...types) => types.some(type => node.$instanceOf?.(type));
const rule = check => () => ({ check });

const hasForm = rule((node, reporter) => {
  if (is(node, 'bpmn:UserTask') && !node.get('formKey')) reporter.report(node.id, '没有选表单');
});
const hasPeople = rule((node, reporter) => {
  if (is(node, 'bpmn:UserTask', 'bpmn:ManualTask') && ![ 'candidateGroups', 'candidateUsers', 'assignee' ].some(name => node.get(name)))
    reporter.report(node.id, '没有写明由谁办理');
});
const hasOperation = rule((node, reporter) => {
  if (is(node, 'bpmn:ServiceTask') && !extensionOf(node, 'spiffworkflow:ServiceTaskOperator')?.id)
    reporter.report(node.id, '没有选操作');
});
const hasConditions = rule((node, reporter) => {
  if (!is(node, ...CHOICES)) return;
  const outgoing = node.get('outgoing');
  if (outgoing.length < 2) return;
  for (const flow of outgoing)
    if (!flow.conditionExpression && node.default !== flow) reporter.report(flow.id, '没有条件，也不是缺省连线');
});
const isConnected = rule((node, reporter) => {
  if (!is(node, 'bpmn:FlowNode')) return;
  const starts = is(node, 'bpmn:StartEvent', 'bpmn:BoundaryEvent'), ends = is(node, 'bpmn:EndEvent');
  if (!starts && !node.get('incoming').length) reporter.report(node.id, '没有连线走到这里');
  if (!ends && !node.get('outgoing').length) reporter.report(node.id, '从这里走不出去，缺一条连线');
});
const isSupported = rule((node, reporter) => {
  if (is(node, 'bpmn:FlowNode') && !ALLOWED.has(node.$type.replace('bpmn:', '')))
    reporter.report(node.id, '不支持这种环节，换成用户任务或服务任务');
});
const waitsForSomething = rule((node, reporter) => {
  for (const definition of node.get?.('eventDefinitions') ?? []) {
    if (is(definition, 'bpmn:MessageEventDefinition') && !definition.messageRef?.name) reporter.report(node.id, '没有指明等哪个消息');
    if (is(definition, 'bpmn:TimerEventDefinition') && ![ 'timeDate', 'timeDuration', 'timeCycle' ].some(name => definition.get(name)?.body))
      reporter.report(node.id, '没有写到何时');
  }
});

const RULES = {
  form: hasForm, people: hasPeople, operation: hasOperation, conditions: hasConditions, connected: isConnected,
  supported: isSupported, waits: waitsForSomething
};

export default {
  resolver: new StaticResolver(Object.fromEntries(Object.entries(RULES).map(([ name, made ]) => [ `rule:bpmnlint-plugin-zhiku/${name}`, made ]))),
  config: { rules: Object.fromEntries(Object.keys(RULES).map(name => [ `zhiku/${name}`, 'warn' ])) }
};
