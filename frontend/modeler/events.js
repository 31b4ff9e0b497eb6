// Events: what they wait for, and whether they break off what they stand on.
import { make } from '../editing/make.mjs';
import { definitionOf, extensionOf, is, isAny, objectOf } from './elements.js';
import { checkField, feelField, section, selectField, textField } from './fields.js';
import { dueField, explain } from './people.js';

export function eventSections(panel, element, object) {
  if (is(element, 'bpmn:ReceiveTask')) return [ message(panel, element, object, object) ];
  if (!isAny(element, [ 'bpmn:Event' ])) return [];
  const definition = definitionOf(object);
  return [
    is(definition, 'bpmn:TimerEventDefinition') ? timer(panel, element, object, definition) : null,
    is(definition, 'bpmn:MessageEventDefinition') ? message(panel, element, object, definition) : null,
    is(definition, 'bpmn:ErrorEventDefinition') ? error(panel, element, definition) : null,
    is(element, 'bpmn:BoundaryEvent') ? interrupting(panel, element, object, definition) : null
  ];
}

const WAYS = [
  { value: 'timeDate', label: '到某一时刻' },
  { value: 'timeDuration', label: '过一段时间' },
  { value: 'timeCycle', label: '反复' }
];

function timer(panel, element, object, definition) {
  const disabled = panel.locked;
  const way = WAYS.find(entry => definition.get(entry.value))?.value ?? 'timeDate';
  const text = definition.get(way)?.body ?? '';
  const write = (typed, chosen = way) => panel.write(writer => {
    for (const { value } of WAYS) if (value !== chosen && definition.get(value)) writer.expression(element, definition, value, '');
    writer.expression(element, definition, chosen, typed);
  });
  const kind = selectField({
    name: 'timerKind', label: '怎样计时', value: way, options: WAYS, disabled,
    write: chosen => write(text || 'now()', chosen)
  });
  const fields = way === 'timeDate'
    ? dueField(panel, element, {
      name: 'timer', label: '到期', text, disabled, empty: '没有选',
      write: (typed, key, from) => panel.write(writer => {
        writer.expression(element, definition, 'timeDate', typed);
        explain(writer, element, key, from);
      })
    })
    : [ feelField({
      name: 'timer', label: way === 'timeCycle' ? '周期（表达式）' : '多久（表达式）', value: text, disabled,
      catalogue: panel.catalogue, variables: panel.variables(), hint: '时长也取自规则参数，不要直接写几天', write: typed => write(typed)
    }) ];
  return section('定时', kind, ...fields);
}

/** `holder` has the `messageRef`: an event definition, or a receive task itself. */
function message(panel, element, object, holder) {
  const disabled = panel.locked;
  const set = name => panel.write(writer => {
    const reference = name ? writer.root('bpmn:Message', 'name', name, { id: `message_${name}` }) : undefined;
    writer.part(element, holder, { messageRef: reference });
  });
  return section('等待的消息',
    textField({
      name: 'message', label: '消息', value: holder.get('messageRef')?.get('name') ?? '', disabled, write: set,
      list: panel.catalogue.messages, hint: '业务页面和操作按这个名称发消息'
    }),
    holder !== object && textField({
      name: 'messageVariable', label: '内容放进变量（选填）', disabled,
      value: extensionOf(holder, 'spiffworkflow:MessageVariable')?.value ?? '',
      hint: '消息带来的数据以后用这个名称取',
      write: text => panel.write(writer => writer.extensionText(element, 'spiffworkflow:MessageVariable', text, holder))
    }));
}

function error(panel, element, definition) {
  const host = element.host && objectOf(element.host);
  return section('错误', textField({
    name: 'errorCode', label: is(element, 'bpmn:BoundaryEvent') ? '错误代码（选填）' : '错误代码', disabled: panel.locked,
    value: definition.get('errorRef')?.get('errorCode') ?? '',
    hint: host ? '“' + (host.get('name') || host.id) + '”发出这个代码时走这里；不填则什么错误都接' : '外层子流程上的错误边界事件按代码接',
    write: code => panel.write(writer => writer.part(element, definition, {
      errorRef: code ? writer.root('bpmn:Error', 'errorCode', code, { id: `error_${code.replace(/\W/g, '_')}`, name: code }) : undefined
    }))
  }));
}

function interrupting(panel, element, object, definition) {
  if (is(definition, 'bpmn:ErrorEventDefinition'))
    return section('附在环节上', make('p', { class: 'zk-muted' }, '错误总是中断所附的环节。'));
  return section('附在环节上', checkField({
    name: 'cancelActivity', label: '中断所附的环节', value: object.get('cancelActivity') !== false, disabled: panel.locked,
    hint: '不中断时，所附的环节照常办，另走一路', write: yes => panel.write(writer => writer.attributes(element, { cancelActivity: yes }))
  }));
}
