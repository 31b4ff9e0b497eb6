// Mends that a machine can make: each is one step of undo.
import { change, deadline, deadlineParts, definitionOf, is, objectOf, Writer } from './elements.js';

const KINDS = {
  use_parameter: (studio, element, fix) => {
    const key = fix.parameter ?? (fix.parameters?.length === 1 ? fix.parameters[0] : null);
    // which of several is meant only the owner knows
    if (!key) return { label: '选一个规则参数', select: `${fix.place === 'dueDate' ? 'dueDate' : 'timer'}:parameter` };
    const words = studio.catalogue.parameters.find(entry => entry.key === key)?.label ?? key;
    return { label: `换成参数“${words}”`, write: writer => useParameter(writer, element, fix.place, key) };
  },
  use_operation: (studio, _element, fix) => {
    const [ name, ...more ] = fix.operations ?? [];
    const label = studio.catalogue.operations.find(entry => entry.name === name)?.label;
    if (!label || more.length) return { label: '选一个操作', select: 'operation' };
    return { label: `换成操作“${label}”`, write: (writer, target) => writer.part(target, writer.extension(target, 'spiffworkflow:ServiceTaskOperator'), { id: name }) };
  },
  set_property: (_studio, element, fix) => ({
    label: '按此补上', write: writer => writer.property(element, fix.name, fix.value)
  }),
  set_attribute: (_studio, element, fix) => ({
    label: '按此改正', write: writer => writer.attributes(element, { [fix.name]: fix.value })
  }),
  set_default: (studio, element, fix) => {
    const flow = studio.find(fix.flow) ?? element.outgoing?.find(entry => !objectOf(entry).get('conditionExpression'));
    if (!flow) return null;
    return { label: '设为缺省连线', write: writer => {
      writer.attributes(flow.source, { default: objectOf(flow) });
      writer.attributes(flow, { conditionExpression: undefined });
    } };
  },
  remove_condition: (_studio, element) => is(element, 'bpmn:SequenceFlow') && {
    label: '去掉条件', write: writer => writer.attributes(element, { conditionExpression: undefined })
  },
  add_flow: (studio, element, fix) => {
    const target = studio.find(fix.target);
    return target && {
      label: '加一条连线', write: writer => {
        const flow = writer.modeling.connect(element, target);
        if (fix.condition) writer.expression(flow, objectOf(flow), 'conditionExpression', fix.condition);
      }
    };
  },
  add_end: (studio, element) => ({
    label: '接上结束事件', write: () => studio.modeler.get('autoPlace').append(element, studio.modeler.get('elementFactory').createShape({ type: 'bpmn:EndEvent' }))
  }),
  add_input: (studio, element, fix) => ({
    label: '填写这一输入', select: `input:${fix.name ?? fix.input}`
  })
};

/** The place may hold another parameter: its beginning is kept, for the owner chose it. */
function useParameter(writer, element, place, key) {
  const object = objectOf(element), definition = definitionOf(object);
  const isTimer = place !== 'dueDate' && is(definition, 'bpmn:TimerEventDefinition');
  const old = isTimer ? [ 'timeDate', 'timeDuration', 'timeCycle' ].map(name => definition.get(name)?.body).find(Boolean) : object.get('dueDate');
  const text = deadline(key, deadlineParts(old)?.from);
  if (isTimer) {
    for (const name of [ 'timeDuration', 'timeCycle' ]) if (definition.get(name)) writer.expression(element, definition, name, '');
    writer.expression(element, definition, 'timeDate', text);
  } else writer.attributes(element, { dueDate: `=${text}` });
  writer.property(element, 'deadline', key);
}

/** Mends of the whole process, whose id is no element where it stands in a pool. */
const WHOLE = {
  retry_in_trial: (studio, fix) => {
    const act = studio.trialOf(fix.scenario);
    return act && { label: '照它试运行', act };
  },
  set_process_id: (studio, fix) => {
    const found = studio.modeler.get('elementRegistry').find(entry => processOf(entry)?.id === fix.element);
    return found && { label: `编号改为 ${fix.value}`, act: () => change(studio.modeler, () => {
      const writer = new Writer(studio.modeler);
      if (is(found, 'bpmn:Process')) writer.attributes(found, { id: fix.value });
      else writer.part(found, processOf(found), { id: fix.value });
    }) };
  }
};

function processOf(element) {
  const object = objectOf(element);
  if (is(element, 'bpmn:Process')) return object;
  return is(element, 'bpmn:Participant') ? object.get('processRef') : null;
}

/** The button of a finding, or null when there is nothing a machine can do with this diagram. */
export function fixOf(studio, finding) {
  const fix = finding.fix;
  if (fix && WHOLE[fix.kind]) return WHOLE[fix.kind](studio, fix) || null;
  const element = fix && studio.find(fix.element ?? finding.element_id);
  const made = element && KINDS[fix.kind]?.(studio, element, fix);
  if (!made) return null;
  return {
    label: made.label,
    act: () => {
      if (made.write) change(studio.modeler, () => made.write(new Writer(studio.modeler), element));
      studio.point(element.id, null, made.select);
    }
  };
}
