// Flows and gateways: conditions and the way that is taken when none holds.
import { make } from '../editing/make.mjs';
import { is, isAny, objectOf } from './elements.js';
import { checkField, feelField, section, selectField } from './fields.js';

const CHOICES = [ 'bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway' ];

export function flowSections(panel, element, object) {
  if (is(element, 'bpmn:SequenceFlow')) return [ flow(panel, element, object) ];
  if (isAny(element, CHOICES)) return [ gateway(panel, element, object) ];
  return [];
}

function flow(panel, element, object) {
  const source = element.source;
  if (!isAny(source, CHOICES))
    return section('条件', make('p', { class: 'zk-muted' }, '只有排他网关和包容网关之后的连线有条件。'));
  const isDefault = objectOf(source).get('default') === object;
  return section('条件',
    checkField({
      name: 'default', label: '缺省连线：别的条件都不成立时走这里', value: isDefault, disabled: panel.locked,
      write: yes => panel.write(writer => {
        writer.attributes(source, { default: yes ? object : undefined });
        if (yes) writer.attributes(element, { conditionExpression: undefined });
      })
    }),
    !isDefault && feelField({
      name: 'condition', label: '条件', value: object.get('conditionExpression')?.body ?? '', rows: 2, disabled: panel.locked,
      hint: '结果为真时走这条连线，如 review.outcome = "failed"', catalogue: panel.catalogue, variables: panel.variables(),
      write: text => panel.write(writer => writer.expression(element, object, 'conditionExpression', text))
    }));
}

function gateway(panel, element, object) {
  if (element.outgoing.length < 2) return null;
  return section('出路', selectField({
    name: 'default', label: '缺省连线', value: object.get('default')?.id ?? '', disabled: panel.locked, empty: '没有设',
    hint: '条件都不成立时走的连线；没有设时办件会停住',
    options: element.outgoing.map(entry => ({ value: entry.id, label: nameOf(entry) })),
    write: id => panel.write(writer => {
      const chosen = element.outgoing.find(entry => entry.id === id);
      writer.attributes(element, { default: chosen && objectOf(chosen) });
      if (chosen) writer.attributes(chosen, { conditionExpression: undefined });
    })
  }));
}

function nameOf(entry) {
  const target = objectOf(entry.target);
  return `${objectOf(entry).get('name') || '连线'} → ${target.get('name') || target.id}`;
}
