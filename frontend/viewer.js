// The diagram of a case, with its tokens. A page holds
//   <div class="zk-viewer" data-xml="…" data-state="…">
// The state is {"tokens": {elementId: n}, "done": [elementId], "failed": [elementId]}, of many cases together with
// "late": {elementId: n} and "heat": {elementId: {"level": 1–5, "label": text}}; without data-state the diagram is
// shown plain. "fresh": [elementId] is what the last step of a trial passed. The text list beside it says the same to those who do not see the picture.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';

const ZOOM_STEP = 1.25;
/** Below this zoom the names cannot be read: rather show a part of the diagram at this size. */
const LEAST_READABLE = 0.85;

async function fetched(url, kind) {
  const answer = await fetch(url, { credentials: 'same-origin', headers: { Accept: kind } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

function badge(className, text, label) {
  const element = document.createElement('div');
  element.className = className;
  element.textContent = text;
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', label);
  return element;
}

function mark(viewer, state) {
  const canvas = viewer.get('canvas'), overlays = viewer.get('overlays'), registry = viewer.get('elementRegistry');
  const known = id => registry.get(id);
  for (const id of (state.done || []).filter(known)) canvas.addMarker(id, 'zk-done');
  for (const id of (state.fresh || []).filter(known)) canvas.addMarker(id, 'zk-fresh');
  for (const id of (state.failed || []).filter(known)) {
    canvas.addMarker(id, 'zk-failed');
    overlays.add(id, 'failed', { position: { top: -11, right: 11 }, html: badge('zk-badge zk-badge--bad', '!', '有故障') });
  }
  for (const [ id, count ] of Object.entries(state.late || {}).filter(([ id ]) => known(id))) {
    overlays.add(id, 'late', { position: { top: -11, left: -11 }, html: badge('zk-badge zk-badge--care', `逾 ${count}`, `${count} 件逾期`) });
  }
  for (const [ id, heat ] of Object.entries(state.heat || {}).filter(([ id ]) => known(id))) {
    canvas.addMarker(id, `zk-heat-${heat.level}`);
    overlays.add(id, 'heat', { position: registry.get(id).width < 50 ? { bottom: 8, left: 40 } : { bottom: -2, left: 0 }, html: badge('zk-heat', heat.label, `用时中位数${heat.label}`) });
  }
  for (const [ id, count ] of Object.entries(state.tokens || {}).filter(([ id ]) => known(id))) {
    canvas.removeMarker(id, 'zk-done');
    canvas.addMarker(id, 'zk-now');
    overlays.add(id, 'token', { position: { top: -11, right: 11 }, html: badge('zk-badge', count, `${count} 个进行中`) });
  }
}

/** The whole diagram if its words stay readable, else the part that failed or where the case stands now, or the beginning. */
function show(viewer, state) {
  const canvas = viewer.get('canvas'), registry = viewer.get('elementRegistry');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() >= LEAST_READABLE) return;
  canvas.zoom(LEAST_READABLE);
  // A sub-process holds a token too while something inside it does: the smallest element is where the work is.
  const stuck = (state.failed || []).map(id => registry.get(id)).find(Boolean);
  const here = stuck || Object.keys(state.tokens || {}).map(id => registry.get(id)).filter(Boolean)
    .sort((one, other) => one.width * one.height - other.width * other.height)[0]
    || registry.find(element => element.type === 'bpmn:StartEvent');
  if (here) canvas.scrollToElement(here, { top: 60, bottom: 60, left: 60, right: 60 });
}

function button(text, act) {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'btn btn-sm btn-outline-secondary';
  element.textContent = text;
  element.addEventListener('click', act);
  return element;
}

function tools(viewer, state) {
  const canvas = viewer.get('canvas');
  const bar = document.createElement('div');
  bar.className = 'zk-viewer__tools';
  bar.append(
    button('放大', () => canvas.zoom(canvas.zoom() * ZOOM_STEP, 'auto')),
    button('缩小', () => canvas.zoom(canvas.zoom() / ZOOM_STEP, 'auto')),
    button('看全图', () => canvas.zoom('fit-viewport', 'auto')),
    button(state.tokens ? '看当前环节' : '看开头', () => show(viewer, state))
  );
  return bar;
}

async function start(place) {
  const drawing = document.createElement('div');
  drawing.className = 'zk-viewer__canvas';
  drawing.tabIndex = 0;
  drawing.setAttribute('role', 'group');
  drawing.setAttribute('aria-label', '流程图，方向键移动');
  place.append(drawing);
  const viewer = new NavigatedViewer({ container: drawing, zoomScroll: { enabled: false } });
  const [ xml, state ] = await Promise.all([
    fetched(place.dataset.xml, 'application/xml').then(answer => answer.text()),
    place.dataset.state ? fetched(place.dataset.state, 'application/json').then(answer => answer.json()) : {}
  ]);
  await viewer.importXML(xml);
  mark(viewer, state);
  show(viewer, state);
  place.prepend(tools(viewer, state));
  place.dataset.ready = '1';
}

for (const place of document.querySelectorAll('.zk-viewer[data-xml]')) {
  start(place).catch(failure => {
    console.error(failure);
    place.replaceChildren(Object.assign(document.createElement('p'), {
      className: 'zk-small zk-muted', textContent: '流程图没有载入，请看下面的文字说明，或刷新本页再试。'
    }));
  });
}
