// The properties panel shows what the server honours and nothing else; which keys those are, the server says.
import { isSetting, settingsGroup } from './settings.mjs';

//: Entries whose name is not the key they write.
const KEY_OF = {
  isRepeating: 'isRepeating', columns: 'layout', conditional: 'conditional', 'conditional-hide': 'conditional',
  'prefix-adorner': 'appearance', 'suffix-adorner': 'appearance', prefixAdorner: 'appearance', suffixAdorner: 'appearance'
};
const VALIDATION = new Set([
  'required', 'minLength', 'maxLength', 'min', 'max', 'pattern', 'patternErrorMessage', 'validationType'
]);
//: Written by the engine of forms for its own ends, or always the same here.
const NEVER = new Set([ 'versionTag', 'computeOn', 'timeSerializingFormat', 'disableCollapse', 'nonCollapsedItems' ]);
const GROUPS_OF_OPTIONS = /option|values/i;

class Panel {
  constructor(propertiesPanel, vocabulary) {
    this.vocabulary = vocabulary;
    propertiesPanel.registerProvider(this, 400);
  }

  getGroups(field, editField) {
    return groups => {
      if (!field) return groups;
      const shown = groups.map(group => this.trimmed(group, field)).filter(group => group);
      const own = settingsGroup(field, editField, this.vocabulary);
      const place = shown.findIndex(group => group.id !== 'general');
      if (own) shown.splice(place < 0 ? shown.length : place, 0, own);
      return shown;
    };
  }

  trimmed(group, field) {
    if (group.id === 'custom-values' || /custom/i.test(group.id)) return this.otherProperties(group, field);
    if (!group.entries) return { ...group, shouldOpen: GROUPS_OF_OPTIONS.test(group.id) };
    const entries = group.entries.filter(entry => this.isHonoured(entry.id, field, group.id));
    return entries.length ? { ...group, entries, shouldOpen: true } : null;
  }

  /** Properties that nobody gave a field: shown only if somebody wrote one, so that it can be taken out. */
  otherProperties(group, field) {
    const strange = Object.keys(field.properties ?? {}).filter(key => !isSetting(field, key, this.vocabulary));
    return strange.length ? group : null;
  }

  isHonoured(id, field, groupId) {
    const name = id.replace(`${field.id}-`, '');
    if (NEVER.has(name)) return false;
    const { components, validate, form } = this.vocabulary;
    if (field.type === 'default') return name === 'id' && Boolean(form);
    if (groupId === 'validation' || VALIDATION.has(name))
      return name !== 'computeOn' && (validate[field.type] ?? validate['']).includes(name);
    if (/values|options/i.test(groupId)) return true;
    return (components[field.type] ?? []).includes(KEY_OF[name] ?? name);
  }
}
Panel.$inject = [ 'propertiesPanel', 'config.vocabulary' ];

/** Takes what the server refuses out of the palette; a form that has it already still opens. */
class Palette {
  constructor(formFields, vocabulary) {
    for (const type of Object.keys(formFields._formFields))
      if (type !== 'default' && !vocabulary.components[type])
        Object.defineProperty(formFields._formFields, type, { enumerable: false });
  }
}
Palette.$inject = [ 'formFields', 'config.vocabulary' ];

export default { __init__: [ 'zkPalette', 'zkPanel' ], zkPalette: [ 'type', Palette ], zkPanel: [ 'type', Panel ] };
