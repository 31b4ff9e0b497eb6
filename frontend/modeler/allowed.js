// What may be drawn: the menus offer what the gate allows (app/workflow/conformance/structure.py) and nothing else.

/** Entries of the libraries' menus by their id: what is listed is kept. */
const KEPT = new Set([
  // append and create
  'user-task', 'manual-task', 'service-task', 'script-task', 'rule-task', 'receive-task', 'call-activity',
  'expanded-subprocess', 'exclusive-gateway', 'parallel-gateway', 'inclusive-gateway', 'event-based-gateway',
  'none-start-event', 'none-end-event', 'termination-end', 'error-end', 'timer-intermediate-catch',
  'message-intermediate-catch', 'timer-boundary', 'message-boundary', 'error-boundary',
  'non-interrupting-timer-boundary', 'non-interrupting-message-boundary', 'expanded-pool', 'terminate-end',
  'timer-intermediate', 'message-intermediate', 'participant'
]);

/** The words by which the menus of replacement name what we keep. */
const REPLACEMENTS = [
  'replace-with-user-task', 'replace-with-manual-task', 'replace-with-service-task', 'replace-with-script-task',
  'replace-with-rule-task', 'replace-with-receive-task', 'replace-with-call-activity',
  'replace-with-expanded-subprocess', 'replace-with-subprocess',
  'replace-with-exclusive-gateway', 'replace-with-parallel-gateway', 'replace-with-inclusive-gateway',
  'replace-with-event-based-gateway', 'replace-with-none-start', 'replace-with-none-end',
  'replace-with-terminate-end', 'replace-with-error-end', 'replace-with-timer-intermediate-catch',
  'replace-with-message-intermediate-catch', 'replace-with-timer-boundary', 'replace-with-message-boundary',
  'replace-with-error-boundary', 'replace-with-non-interrupting-timer-boundary',
  'replace-with-non-interrupting-message-boundary', 'replace-with-sequence-flow', 'replace-with-default-flow'
];

/** What the pad beside an element appends. */
const PAD = new Set([ 'append.end-event', 'append.gateway', 'append.text-annotation', 'append.message-intermediate-event',
  'append.timer-intermediate-event' ]);

const kept = (entries, isKept) => Object.fromEntries(Object.entries(entries).filter(([ id ]) => isKept(id)));

class AllowedMenus {
  static $inject = [ 'popupMenu', 'contextPad', 'elementFactory', 'create', 'autoPlace' ];

  constructor(popupMenu, contextPad, elementFactory, create, autoPlace) {
    Object.assign(this, { elementFactory, create, autoPlace });
    // after the libraries have put in theirs: the lowest priority is asked last
    const filter = isKept => ({
      getPopupMenuEntries: () => entries => kept(entries, isKept),
      getPopupMenuHeaderEntries: () => entries => kept(entries, id => id === 'toggle-non-interrupting')
    });
    const ofMenu = prefix => id => KEPT.has(id.replace(prefix, ''));
    popupMenu.registerProvider('bpmn-replace', 1, filter(id => REPLACEMENTS.includes(id)));
    popupMenu.registerProvider('bpmn-append', 1, filter(ofMenu('append-')));
    popupMenu.registerProvider('bpmn-create', 1, filter(ofMenu('create-')));
    contextPad.registerProvider(1, { getContextPadEntries: element => entries => this.pad(element, entries) });
  }

  /** The pad appends what a clerk needs most: a user task, a gateway, an end. */
  pad(element, entries) {
    const shown = kept(entries, id => !id.startsWith('append.') || PAD.has(id));
    if (!entries['append.append-task']) return shown;
    const appended = { ...entries['append.append-task'], className: 'bpmn-icon-user-task', title: '接着加用户任务' };
    const append = (event, source) => this.append(source, event);
    return { ...shown, 'append.user-task': { ...appended, action: { click: append, dragstart: append } } };
  }

  append(source, event) {
    const shape = this.elementFactory.createShape({ type: 'bpmn:UserTask' });
    if (event.type === 'dragstart') this.create.start(event, shape, { source });
    else this.autoPlace.append(source, shape);
  }
}

class NoPalette {
  static $inject = [ 'palette' ];

  constructor() { /* the page has buttons with names; what the libraries put into the palette is not shown */ }
}

export default {
  __init__: [ 'allowedMenus' ],
  allowedMenus: [ 'type', AllowedMenus ],
  paletteProvider: [ 'type', NoPalette ]
};
