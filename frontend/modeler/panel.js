// The properties of the selected element: only what the engine honours.
import { make } from '../editing/make.mjs';
import { change, documentationOf, is, isAny, listed, objectOf, propertyOf, Writer } from './elements.js';
import { kindOf } from './chinese.js';
import { section, textField } from './fields.js';
import { peopleSections } from './people.js';
import { eventSections } from './events.js';
import { flowSections } from './flows.js';
import { workSections } from './work.js';
import { repetitionSection } from './repetition.js';

const TYPES = {
  string: '文字', number: '数字', boolean: '真假', list: '列表', context: '一组值', date: '日期', time: '时间', 'date and time': '日期时间',
  'days and time duration': '时长', 'years and months duration': '年月时长'
};
const ID = /^[A-Za-z_][\w.-]*$/;

export class Panel {
  /** `place` holds the panel; `modeler` may be a viewer, then nothing can be changed. */
  constructor(place, modeler, catalogue, facts) {
    Object.assign(this, { place, modeler, catalogue, facts, element: null });
    this.writer = facts.readOnly ? null : new Writer(modeler);
    const bus = modeler.get('eventBus');
    bus.on('selection.changed', ({ newSelection }) => this.show(newSelection));
    bus.on([ 'elements.changed', 'import.done' ], () => this.later());
    this.show([]);
  }

  show(selection) {
    this.flush();
    this.several = selection.length > 1 ? selection.length : 0;
    this.element = selection.length === 1 ? selection[0].labelTarget ?? selection[0] : null;
    this.draw();
  }

  /** After a change everything is drawn anew; the field that has the focus keeps it. */
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), 0);
  }

  /** Writes what stands in the field with the focus, as leaving it would. */
  flush() {
    const active = document.activeElement;
    if (!active || !this.place.contains(active)) return;
    const feel = active.closest('.zk-feel');
    if (feel) feel.commit();
    else if (active.matches('input[type=text], textarea')) active.dispatchEvent(new Event('change', { bubbles: true }));
  }

  write(act) {
    if (this.writer) change(this.modeler, () => act(this.writer));
  }

  /** Names that expressions may use, with what is known of their parts. */
  variables() {
    const known = new Map(Object.entries(this.facts.variables ?? {}).map(([ name, type ]) => [ name, { name, detail: TYPES[type] ?? '' } ]));
    for (const element of this.modeler.get('elementRegistry').filter(entry => is(entry, 'bpmn:ServiceTask'))) {
      const operator = objectOf(element).get('extensionElements')?.get('values').find(entry => is(entry, 'spiffworkflow:ServiceTaskOperator'));
      const operation = operator && this.catalogue.operations.find(entry => entry.name === operator.id);
      if (operator?.resultVariable && operation)
        known.set(operator.resultVariable, {
          name: operator.resultVariable, detail: operation.label,
          entries: operation.outputs.map(output => ({ name: output.name, detail: output.label }))
        });
    }
    return [ ...known.values() ];
  }

  draw() {
    const registry = this.modeler.get('elementRegistry');
    if (this.element && !registry.get(this.element.id)) this.element = null;
    const kept = this.focused();
    const root = this.modeler.get('canvas').getRootElement();
    const element = this.element ?? (root && !root.isImplicit ? this.wholeProcess(root) : null);
    this.place.replaceChildren(...(element ? this.sections(element) : [ make('p', { class: 'zk-muted' }, '流程图还没有载入。') ]));
    if (kept) this.refocus(kept);
  }

  wholeProcess(root) {
    return is(root, 'bpmn:Collaboration') ? root.children.find(entry => is(entry, 'bpmn:Participant')) ?? root : root;
  }

  focused() {
    const active = document.activeElement;
    if (!active || !this.place.contains(active) || !active.dataset.field) return null;
    return { field: active.dataset.field, start: active.selectionStart, end: active.selectionEnd };
  }

  refocus({ field, start, end }) {
    const found = [ ...this.place.querySelectorAll('[data-field]') ].find(entry => entry.dataset.field === field);
    if (!found) return;
    found.focus({ preventScroll: true });
    if (start !== null && start !== undefined && found.setSelectionRange && /text/.test(found.type)) found.setSelectionRange(start, end);
  }

  sections(element) {
    if (this.several) return [ make('p', { class: 'zk-muted' }, `选了 ${this.several} 个环节。选一个就能看到它的属性。`) ];
    const object = objectOf(element);
    const isWhole = isAny(element, [ 'bpmn:Participant', 'bpmn:Process' ]);
    const kind = isWhole ? '整个流程' : kindOf(element);
    return [
      make('h2', { class: 'zk-prop-head' }, object.get('name') || kind, make('span', { class: 'zk-muted' }, ` ${isWhole && !object.get('name') ? '' : kind}`)),
      this.general(element, object, isWhole),
      ...(isWhole ? [ this.start(element, object) ] : []),
      ...peopleSections(this, element, object),
      ...workSections(this, element, object),
      ...eventSections(this, element, object),
      ...flowSections(this, element, object),
      repetitionSection(this, element, object)
    ].filter(Boolean);
  }

  get locked() { return !this.writer; }

  general(element, object, isWhole) {
    const process = isWhole && is(element, 'bpmn:Participant') ? object.get('processRef') : object;
    const disabled = this.locked;
    const named = 'name' in object || object.$descriptor.propertiesByName.name;
    return section('基本',
      named && textField({
        name: 'name', label: '名称', value: object.get('name'), disabled, lines: is(element, 'bpmn:TextAnnotation') ? 3 : 0,
        hint: isAny(element, [ 'bpmn:UserTask', 'bpmn:ServiceTask' ]) ? '动宾结构，如“审查资格”' : null,
        write: text => this.write(writer => {
          writer.attributes(element, { name: text });
          if (process && process !== object) writer.part(element, process, { name: text });
        })
      }),
      process && textField({
        name: 'documentation', label: '说明', lines: 3, disabled, value: documentationOf(process),
        hint: '写明依据的条款，如“第十二条（三）”；没有条款的写“内部规定”',
        write: text => this.write(writer => process === object
          ? writer.documentation(element, text)
          : writer.part(element, process, { documentation: text ? [ writer.made('bpmn:Documentation', { text }, process) ] : [] }))
      }),
      process && textField({
        name: 'id', label: '编号', value: process.id, disabled: disabled || isWhole,
        hint: isWhole ? '流程的编号不能改' : '表单、场景和在办件用它指这个环节，发布之后不要改',
        write: text => this.rename(element, text)
      }));
  }

  rename(element, text) {
    const taken = this.modeler.get('moddle').ids.assigned(text);
    if (ID.test(text) && !taken) this.write(writer => writer.attributes(element, { id: text }));
    else this.facts.say(taken ? `编号“${text}”已经用了，换一个。` : '编号用字母、数字、下划线和点，以字母开头。', 'bad');
    this.later();
  }

  start(element, object) {
    const process = is(element, 'bpmn:Participant') ? object.get('processRef') : object;
    if (!process) return null;
    return section('启动时的数据',
      textField({
        name: 'startData', label: '变量名（选填）', value: propertyOf(process, 'startData'), disabled: this.locked, lines: 2,
        hint: '业务页面启动流程时给出的变量，用逗号分开；表达式里可以直接用',
        write: text => this.write(writer => writer.property(element, 'startData', listed(text).join(', '), process))
      }));
  }
}
