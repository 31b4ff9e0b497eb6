// Reading and writing what a diagram says of an element. Every write goes through the command stack, so that one act of
// the owner is one step of undo.
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';

export { is, isAny };
export const objectOf = element => getBusinessObject(element);

/** Several writes as one step of undo: `change(modeler, () => { … })`. */
class ChangeHandler {
  preExecute(context) { context.write(); }
}

export function prepare(modeler) {
  modeler.get('commandStack').registerHandler('zhiku.change', ChangeHandler);
}

export function change(modeler, write) {
  modeler.get('commandStack').execute('zhiku.change', { write });
}

export class Writer {
  constructor(modeler) {
    this.modeler = modeler;
    this.modeling = modeler.get('modeling');
    this.factory = modeler.get('bpmnFactory');
  }

  /** Attributes of the element itself; empty text takes an attribute away. */
  attributes(element, values) {
    const cleaned = Object.fromEntries(Object.entries(values).map(([ name, value ]) => [ name, value === '' ? undefined : value ]));
    this.modeling.updateProperties(element, cleaned);
  }

  /** Attributes of a part of the element (an event definition, a parameter …). */
  part(element, part, values) {
    this.modeling.updateModdleProperties(element, part, values);
  }

  made(type, values, parent) {
    const made = this.factory.create(type, values);
    made.$parent = parent;
    return made;
  }

  /** The extension of a type, made when there is none. `owner` is the element's object or an event definition. */
  extension(element, type, owner = objectOf(element)) {
    const found = extensionOf(owner, type);
    if (found) return found;
    const holder = owner.get('extensionElements') ?? this.made('bpmn:ExtensionElements', { values: [] }, owner);
    if (!owner.get('extensionElements')) this.part(element, owner, { extensionElements: holder });
    const made = this.made(type, {}, holder);
    this.part(element, holder, { values: [ ...holder.get('values'), made ] });
    return made;
  }

  removeExtension(element, type, owner = objectOf(element)) {
    const found = extensionOf(owner, type);
    if (!found) return;
    const holder = owner.get('extensionElements');
    const left = holder.get('values').filter(entry => entry !== found);
    if (left.length) this.part(element, holder, { values: left });
    else this.part(element, owner, { extensionElements: undefined });
  }

  /** An extension that is a text; empty takes it away. */
  extensionText(element, type, text, owner = objectOf(element)) {
    if (!text) this.removeExtension(element, type, owner);
    else this.part(element, this.extension(element, type, owner), { value: text });
  }

  /** One of the product's properties; empty takes it away, and the list with the last one. */
  property(element, name, value, owner = objectOf(element)) {
    const list = extensionOf(owner, 'spiffworkflow:Properties');
    const found = list?.get('values').find(entry => entry.name === name);
    if (!value) {
      if (!found) return;
      const left = list.get('values').filter(entry => entry !== found);
      if (left.length) this.part(element, list, { values: left });
      else this.removeExtension(element, 'spiffworkflow:Properties', owner);
    } else if (found) {
      this.part(element, found, { value });
    } else {
      const holder = this.extension(element, 'spiffworkflow:Properties', owner);
      const made = this.made('spiffworkflow:Property', { name, value }, holder);
      this.part(element, holder, { values: [ ...holder.get('values'), made ] });
    }
  }

  documentation(element, text) {
    const object = objectOf(element);
    const made = this.made('bpmn:Documentation', { text }, object);
    this.part(element, object, { documentation: text ? [ made ] : [] });
  }

  /** A FEEL expression as a child element; empty takes it away. */
  expression(element, owner, name, text) {
    const made = text ? this.made('bpmn:FormalExpression', { body: text }, owner) : undefined;
    this.part(element, owner, { [name]: made });
  }

  /** The message or error of this name or code in the document, made when there is none. */
  root(type, attribute, value, also = {}) {
    const definitions = this.modeler.getDefinitions();
    const found = definitions.get('rootElements').find(entry => is(entry, type) && entry.get(attribute) === value);
    if (found) return found;
    const made = this.made(type, { [attribute]: value, ...also }, definitions);
    const anywhere = this.modeler.get('canvas').getRootElement();
    this.part(anywhere, definitions, { rootElements: [ ...definitions.get('rootElements'), made ] });
    return made;
  }

  parameter(element, name, type, value) {
    const operator = this.extension(element, 'spiffworkflow:ServiceTaskOperator');
    if (!operator.parameterList)
      this.part(element, operator, { parameterList: this.made('spiffworkflow:Parameters', {}, operator) });
    const list = operator.parameterList, all = list.get('parameters');
    const found = all.find(entry => entry.id === name);
    if (!value) this.part(element, list, { parameters: all.filter(entry => entry !== found) });
    else if (found) this.part(element, found, { value, type });
    else {
      const made = this.made('spiffworkflow:Parameter', { id: name, type, value }, list);
      this.part(element, list, { parameters: [ ...all, made ] });
    }
  }
}

export function extensionOf(owner, type) {
  return owner.get('extensionElements')?.get('values')?.find(entry => is(entry, type));
}

export function propertyOf(owner, name) {
  return extensionOf(owner, 'spiffworkflow:Properties')?.get('values').find(entry => entry.name === name)?.value ?? '';
}

export const documentationOf = object => (object.get('documentation') ?? []).map(entry => entry.text ?? '').join('\n');
export const listed = text => (text ?? '').split(',').map(entry => entry.trim()).filter(Boolean);

/** The one event definition of an event, if it has one. */
export const definitionOf = object => object.get('eventDefinitions')?.[0];

const DEADLINE = /^=?\s*deadline\(\s*"([^"]+)"\s*,\s*([\s\S]+?)\s*\)\s*$/;

/** `deadline("publicity.period", now())` in its two parts; null for anything else. */
export function deadlineParts(text) {
  const found = DEADLINE.exec(text ?? '');
  return found && balanced(found[2]) ? { key: found[1], from: found[2] } : null;
}

function balanced(text) {
  let depth = 0;
  for (const sign of text) {
    if (sign === '(' || sign === '[') depth += 1;
    if (sign === ')' || sign === ']') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

export const deadline = (key, from) => `deadline("${key}", ${from || 'now()'})`;
