// The buttons around the canvas. Each has a name, works with the mouse (press and drag, or click and click) and with
// the keyboard: then the element is put behind the selected one, or into the middle of what is seen.
const SHAPES = {
  start: { type: 'bpmn:StartEvent' },
  end: { type: 'bpmn:EndEvent' },
  timer: { type: 'bpmn:IntermediateCatchEvent', eventDefinitionType: 'bpmn:TimerEventDefinition' },
  task: { type: 'bpmn:UserTask' },
  service: { type: 'bpmn:ServiceTask' },
  gateway: { type: 'bpmn:ExclusiveGateway' }
};

function shapeOf(modeler, name) {
  const factory = modeler.get('elementFactory');
  return name === 'lane' ? factory.createParticipantShape({ type: 'bpmn:Participant' }) : factory.createShape(SHAPES[name]);
}

/** Puts an element without a mouse. */
function place(modeler, name) {
  const selection = modeler.get('selection'), canvas = modeler.get('canvas');
  const shape = shapeOf(modeler, name), [ source ] = selection.get();
  if (source && name !== 'lane' && name !== 'start' && modeler.get('rules').allowed('shape.append', { element: source }) !== false
      && source.businessObject.$instanceOf('bpmn:FlowNode') && !source.businessObject.$instanceOf('bpmn:EndEvent')) {
    selection.select(modeler.get('autoPlace').append(source, shape));
    return;
  }
  const box = canvas.viewbox(), root = canvas.getRootElement();
  const centre = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
  const parent = modeler.get('elementRegistry').filter(element => element.children && element !== root && !element.labelTarget
    && element.x <= centre.x && centre.x <= element.x + element.width && element.y <= centre.y && centre.y <= element.y + element.height
    && [ 'bpmn:Participant', 'bpmn:SubProcess' ].includes(element.type)).sort((one, other) => one.width - other.width)[0];
  selection.select(modeler.get('modeling').createShape(shape, centre, parent ?? root));
}

const zoom = (modeler, factor) => modeler.get('canvas').zoom(modeler.get('canvas').zoom() * factor, 'auto');

/** Acts that need nothing but a press. */
const ACTS = {
  hand: (modeler, event) => modeler.get('handTool').activateHand(event),
  lasso: (modeler, event) => modeler.get('lassoTool').activateSelection(event),
  link: (modeler, event) => modeler.get('globalConnect').start(event),
  space: (modeler, event) => modeler.get('spaceTool').activateSelection(event),
  // the pad closes on a click elsewhere, and this click is one
  search: modeler => setTimeout(() => modeler.get('searchPad').toggle(), 0),
  undo: modeler => modeler.get('commandStack').undo(),
  redo: modeler => modeler.get('commandStack').redo(),
  fit: modeler => modeler.get('canvas').zoom('fit-viewport', 'auto'),
  larger: modeler => zoom(modeler, 1.25),
  smaller: modeler => zoom(modeler, 0.8),
  map: modeler => modeler.get('minimap').toggle(),
  simulate: modeler => modeler.get('toggleMode').toggleMode(),
  more: (modeler, event, button) => {
    const { right, top } = button.getBoundingClientRect();
    modeler.get('popupMenu').open(modeler.get('canvas').getRootElement(), 'bpmn-create', { x: right + 4, y: top },
      { title: '加一个环节', width: 300, search: true });
  }
};

export function wireTools(root, modeler) {
  for (const button of root.querySelectorAll('[data-tool]')) {
    const name = button.dataset.tool;
    if (name in ACTS) button.addEventListener('click', event => ACTS[name](modeler, event, button));
    else if (name in SHAPES || name === 'lane') wireShape(button, modeler, name);
  }
  wireArrows(root);
  const stack = modeler.get('commandStack', false);   // a viewer has none
  if (!stack) return;
  const shown = () => {
    for (const [ name, can ] of [ [ 'undo', stack.canUndo() ], [ 'redo', stack.canRedo() ] ])
      root.querySelector(`[data-tool=${name}]`)?.setAttribute('aria-disabled', String(!can));
  };
  modeler.get('eventBus').on('commandStack.changed', shown);
  modeler.get('eventBus').on('tokenSimulation.toggleMode', ({ active }) =>
    root.querySelector('[data-tool=simulate]')?.setAttribute('aria-pressed', String(active)));
  shown();
}

function wireShape(button, modeler, name) {
  button.draggable = true;
  button.addEventListener('dragstart', event => {
    event.preventDefault();
    modeler.get('create').start(event, shapeOf(modeler, name));
  });
  button.addEventListener('click', event => {
    if (event.detail === 0) place(modeler, name);
    else modeler.get('create').start(event, shapeOf(modeler, name));
  });
}

/** In a toolbar the arrows move and Tab leaves. */
function wireArrows(root) {
  for (const bar of root.querySelectorAll('[role=toolbar]')) {
    const buttons = [ ...bar.querySelectorAll('button') ];
    buttons.forEach((button, position) => { button.tabIndex = position === 0 ? 0 : -1; });
    bar.addEventListener('keydown', event => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      const at = buttons.indexOf(event.target);
      if (!step || at < 0) return;
      event.preventDefault();
      const next = buttons[(at + step + buttons.length) % buttons.length];
      buttons.forEach(button => { button.tabIndex = button === next ? 0 : -1; });
      next.focus();
    });
  }
}
