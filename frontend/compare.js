// Two versions of a diagram, zoomed and moved together, with what differs marked in both. A page holds
//   <div class="zk-compare" data-marks='{"elementId": "added|removed|changed|moved"}'>
//   with two <div class="zk-compare__side" data-side="before|after" data-xml="…">.
// The lists of the page say the same in words; each entry with data-element gets a button that points at it.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './compare.css';

const ZOOM_STEP = 1.25;
const SIGNS = { added: [ '＋', '新增' ], removed: [ '－', '删去' ], changed: [ '改', '有修改' ], moved: [ '移', '只移动了位置' ] };
/** What a pointed-at element is shown at: large enough to be read. */
const READABLE = 0.9;

async function fetched(url) {
  const answer = await fetch(url, { credentials: 'same-origin', headers: { Accept: 'application/xml' } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

function sign(kind) {
  const [ text, label ] = SIGNS[kind];
  const element = Object.assign(document.createElement('div'), { className: `zk-sign zk-sign--${kind}`, textContent: text });
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', label);
  return element;
}

function mark(viewer, marks) {
  const canvas = viewer.get('canvas'), overlays = viewer.get('overlays'), registry = viewer.get('elementRegistry');
  for (const [ id, kind ] of Object.entries(marks)) {
    const element = registry.get(id);
    if (!element || !SIGNS[kind] || element === canvas.getRootElement()) continue;
    canvas.addMarker(id, `zk-${kind}`);
    if (!element.waypoints) overlays.add(id, 'sign', { position: { top: -11, left: -11 }, html: sign(kind) });
  }
}

async function draw(place, marks) {
  place.tabIndex = 0;
  place.setAttribute('role', 'group');
  place.setAttribute('aria-label', `流程图（${place.dataset.label}），方向键移动`);
  const viewer = new NavigatedViewer({ container: place, zoomScroll: { enabled: false } });
  await viewer.importXML(await fetched(place.dataset.xml));
  mark(viewer, marks);
  viewer.get('canvas').zoom('fit-viewport', 'auto');
  return viewer;
}

/** What one diagram shows the other shows as well. */
function together(viewers) {
  let following = false;
  for (const viewer of viewers) {
    viewer.get('eventBus').on('canvas.viewbox.changed', ({ viewbox }) => {
      if (following) return;
      following = true;
      for (const other of viewers.filter(one => one !== viewer)) {
        const { x, y, width, height } = viewbox;
        other.get('canvas').viewbox({ x, y, width, height });
      }
      following = false;
    });
  }
}

function button(text, act) {
  const element = Object.assign(document.createElement('button'), {
    type: 'button', className: 'btn btn-sm btn-outline-secondary', textContent: text
  });
  element.addEventListener('click', act);
  return element;
}

function tools(viewers) {
  const bar = Object.assign(document.createElement('div'), { className: 'zk-compare__tools' });
  const canvas = viewers[0].get('canvas');
  bar.append(
    button('放大', () => canvas.zoom(canvas.zoom() * ZOOM_STEP, 'auto')),
    button('缩小', () => canvas.zoom(canvas.zoom() / ZOOM_STEP, 'auto')),
    button('看全图', () => canvas.zoom('fit-viewport', 'auto'))
  );
  return bar;
}

function point(viewers, id, entry) {
  for (const old of document.querySelectorAll('[data-element][aria-current]')) old.removeAttribute('aria-current');
  entry.setAttribute('aria-current', 'true');
  let led = false;
  for (const viewer of viewers) {
    const canvas = viewer.get('canvas'), registry = viewer.get('elementRegistry');
    for (const element of registry.filter(one => canvas.hasMarker(one, 'zk-pointed'))) canvas.removeMarker(element, 'zk-pointed');
    const element = registry.get(id);
    if (!element) continue;
    canvas.addMarker(element, 'zk-pointed');
    if (!led) {
      if (canvas.zoom() < READABLE) canvas.zoom(READABLE);
      canvas.scrollToElement(element, { top: 80, bottom: 80, left: 80, right: 80 });
      led = true;
    }
  }
  document.querySelector('.zk-compare').scrollIntoView({ block: 'nearest' });
}

async function start(place) {
  const marks = JSON.parse(place.dataset.marks);
  const sides = [ ...place.querySelectorAll('.zk-compare__side') ];
  const viewers = await Promise.all(sides.map(side => draw(side, marks)));
  together(viewers);
  place.before(tools(viewers));
  for (const entry of document.querySelectorAll('[data-element]')) {
    const id = entry.dataset.element;
    if (!viewers.some(viewer => viewer.get('elementRegistry').get(id))) continue;
    const end = Object.assign(document.createElement('span'), { className: 'zk-rules__end' });
    end.append(button('在图上指出', () => point(viewers, id, entry)));
    entry.append(end);
  }
  place.dataset.ready = '1';
}

for (const place of document.querySelectorAll('.zk-compare[data-marks]')) {
  start(place).catch(failure => {
    console.error(failure);
    place.replaceChildren(Object.assign(document.createElement('p'), {
      className: 'zk-small zk-muted', textContent: '流程图没有载入，请看下面的文字说明，或刷新本页再试。'
    }));
  });
}
