// What is drawn on top of the diagram: the element a finding is about, and how often scenarios took each flow.
import { is } from './elements.js';

const MARKS = [ 'zk-pointed', 'zk-bad', 'zk-care' ];

function badge(text, label, isNever) {
  const element = document.createElement('div');
  element.className = `zk-badge zk-badge--count${isNever ? ' zk-badge--never' : ''}`;
  element.textContent = text;
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', label);
  return element;
}

export class Drawing {
  constructor(modeler) {
    Object.assign(this, { canvas: modeler.get('canvas'), overlays: modeler.get('overlays'), registry: modeler.get('elementRegistry'),
      selection: modeler.get('selection', false), marked: [] });
    modeler.get('eventBus').on('element.click', () => this.clear());
  }

  clear() {
    for (const [ id, name ] of this.marked) if (this.registry.get(id)) this.canvas.removeMarker(id, name);
    this.marked = [];
  }

  /** Selects the element, brings it into view and marks it until the next click. */
  point(id, status) {
    const element = this.registry.get(id);
    if (!element) return;
    this.clear();
    const root = this.canvas.findRoot(element);
    if (root && root !== this.canvas.getRootElement()) this.canvas.setRootElement(root);
    if (this.canvas.zoom() < 0.6) this.canvas.zoom(0.8);
    this.canvas.scrollToElement(element, { top: 120, bottom: 120, left: 120, right: 160 });
    this.selection?.select(element);
    const marks = [ 'zk-pointed', status === 'error' || status === 'override' ? 'zk-bad' : status === 'care' ? 'zk-care' : null ].filter(Boolean);
    for (const name of marks.filter(mark => MARKS.includes(mark))) {
      this.canvas.addMarker(id, name);
      this.marked.push([ id, name ]);
    }
  }

  /** `coverage`: times by flow id; null takes the marks away. Flows no scenario takes are drawn dashed. */
  cover(coverage) {
    this.overlays.remove({ type: 'coverage' });
    for (const flow of this.registry.filter(element => is(element, 'bpmn:SequenceFlow') && element.type !== 'label')) {
      this.canvas.removeMarker(flow.id, 'zk-never');
      if (!coverage) continue;
      const times = coverage[flow.id] ?? 0;
      if (!times) this.canvas.addMarker(flow.id, 'zk-never');
      this.overlays.add(flow.id, 'coverage', { position: { top: -11, left: 4 }, html: badge(`${times} 次`, `场景走过 ${times} 次`, !times) });
    }
  }
}
