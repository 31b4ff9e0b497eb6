// The process owner's modeler: draws the draft of a process, or shows a version that cannot be changed.
// The page holds <div id="studio" data-…> (see app/web/templates/studio/_modeler.html for the part drawn here).
import Modeler from 'bpmn-js/lib/Modeler';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import lintModule from 'bpmn-js-bpmnlint';
import simulationModule from 'bpmn-js-token-simulation';
import minimapModule from 'diagram-js-minimap';
import nativeCopyPasteModule from 'bpmn-js-native-copy-paste';
import colorPickerModule from 'bpmn-js-color-picker';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import { send } from './editing/requests.mjs';
import { Saver } from './editing/saver.mjs';
import { tabs } from './editing/tabs.mjs';
import allowedModule from './modeler/allowed.js';
import chineseModule, { missing } from './modeler/chinese.js';
import { Checks } from './modeler/checks.js';
import { Drawing } from './modeler/drawing.js';
import { objectOf, prepare } from './modeler/elements.js';
import bpmnlint from './modeler/lint.js';
import { camunda, spiffworkflow } from './modeler/moddle.js';
import { Panel } from './modeler/panel.js';
import { showRuns, trialOf } from './modeler/scenarios.js';
import { wireTools } from './modeler/tools.js';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css';
import 'bpmn-js-bpmnlint/dist/assets/css/bpmn-js-bpmnlint.css';
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import 'bpmn-js-color-picker/colors/color-picker.css';
import './modeler/modeler.css';

/** Below this the names cannot be read: rather show the beginning at this size. */
const LEAST_READABLE = 0.6;
const NOTHING = { operations: [], groups: [], parameters: [], functions: [], messages: [], processes: [], forms: [], decisions: [], pages: [], bulk: [] };

function madeFor(root, canvas) {
  const common = { container: canvas, moddleExtensions: { camunda, spiffworkflow } };
  if (root.dataset.readonly === 'true') {
    canvas.tabIndex = 0;
    return new NavigatedViewer({ ...common, additionalModules: [ minimapModule, chineseModule ] });
  }
  return new Modeler({
    ...common,
    linting: { bpmnlint, active: true },
    additionalModules: [ lintModule, simulationModule, minimapModule, nativeCopyPasteModule, colorPickerModule,
      CreateAppendAnythingModule, allowedModule, chineseModule ]
  });
}

/** References that are names of variables and stand for no element would be lost on reading. */
function keepVariables(warnings) {
  for (const { element, property, value } of warnings)
    if (element && /^bpmn:loopData(In|Out)putRef$/.test(property)) element.set(property, { id: value });
}

export async function open(modeler, xml) {
  const { warnings } = await modeler.importXML(xml);
  keepVariables(warnings);
}

async function fetched(url, kind) {
  const answer = await fetch(url, { credentials: 'same-origin', headers: { Accept: kind } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

/** The whole diagram if its words stay readable, else its beginning. */
function showAll(modeler) {
  const canvas = modeler.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() >= LEAST_READABLE) return;
  canvas.zoom(LEAST_READABLE);
  const beginning = modeler.get('elementRegistry').find(element => element.type === 'bpmn:StartEvent');
  if (beginning) canvas.scrollToElement(beginning, { top: 120, bottom: 300, left: 100, right: 300 });
}

class Studio {
  constructor(root) {
    const data = root.dataset;
    this.root = root;
    this.readOnly = data.readonly === 'true';
    this.part = name => root.querySelector(name);
    this.modeler = madeFor(root, this.part('.zk-modeler__canvas'));
    this.facts = {
      key: data.key, rev: Number(data.rev), readOnly: this.readOnly, variables: {},
      formUrl: key => `/studio/processes/${data.key}/forms/${key}`,
      tableUrl: name => `/studio/processes/${data.key}/tables/${name}`,
      say: (text, kind) => this.saver?.say(text, kind)
    };
  }

  async start() {
    const { xmlUrl, catalogueUrl } = this.root.dataset;
    const [ answer, catalogue ] = await Promise.all([
      fetched(xmlUrl, 'application/xml'),
      catalogueUrl ? fetched(catalogueUrl, 'application/json').then(found => found.json()) : NOTHING
    ]);
    // the diagram may be younger than the page
    this.facts.rev = Number((answer.headers.get('ETag') ?? '').replace(/\D/g, '')) || this.facts.rev;
    this.catalogue = { ...NOTHING, ...catalogue };
    if (!this.readOnly) prepare(this.modeler);
    await open(this.modeler, await answer.text());
    this.drawing = new Drawing(this.modeler);
    this.openTab = tabs(this.part('#studio-tabs'));
    this.panel = new Panel(this.part('#pane-properties'), this.modeler, this.catalogue, this.facts);
    this.checks = new Checks(this.part('#pane-check'), this);
    this.modeler.get('eventBus').on('element.click', () => this.openTab('pane-properties'));
    wireTools(this.root, this.modeler);
    if (this.readOnly) this.checks.point();
    else this.edit();
    showAll(this.modeler);
  }

  edit() {
    const { saveUrl, key } = this.root.dataset;
    this.saver = new Saver({
      url: saveUrl, rev: this.facts.rev, type: 'application/xml', file: `${key}.bpmn`,
      read: async () => (await this.modeler.saveXML({ format: true })).xml, flush: () => this.panel.flush(),
      status: this.part('.zk-modeler__status'), notes: this.part('.zk-modeler__notes'), saved: told => this.saved(told)
    });
    // what was only read in is no change of the owner's
    this.modeler.get('eventBus').on('commandStack.changed', ({ trigger }) => { if (trigger !== 'clear') this.saver.changed(); });
    const button = this.part('#studio-save');
    button.hidden = false;
    button.addEventListener('click', () => this.saver.save());
    // What the bar leads to (comparison, trial, submission) concerns what is stored: it is opened once the save is through.
    this.part('.zk-studio__bar').addEventListener('click', event => this.saveFirst(event, event.target.closest('a[href]')));
    this.check();
  }

  async saveFirst(event, link) {
    this.panel.flush();
    if (!link || !this.saver.dirty || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (await this.saver.save()) location.assign(link.href);
  }

  saved({ rev, saved_at: when, saved_by: who }) {
    this.facts.rev = rev;
    this.part('#saved-words').textContent = `${when} ${who}已存`;
    this.check();
  }

  async check() {
    const { checkUrl } = this.root.dataset;
    if (!checkUrl) return;
    this.checks.wait();
    try {
      const report = await send(checkUrl);
      this.facts.variables = report.variables ?? {};
      this.checks.show(report);
      showRuns(this.part('#pane-scenarios'), report.scenarios);
    } catch {
      this.checks.fail('没有检查成。改动已经存好，可以再检查一次。');
    }
    this.root.dataset.checked = String(this.facts.rev);
  }

  /** What a check found, at the tab, on the way to publication and on the button that goes on. */
  counted({ error = 0, override = 0, care = 0 }, runs) {
    const count = error + override + care, bad = error + override;
    this.part('#check-count').textContent = count ? ` ${count}` : '';
    const submit = this.part('#studio-submit'), went = runs.length > 0 && runs.every(run => run.ok);
    if (submit) submit.textContent = error ? `改正 ${error} 处后提交审批` : '提交审批';
    this.step('#gate-check-mark', bad ? String(error || override) : '✓', bad ? 'zk-mark--bad' : '',
      error ? `${error} 处错误` : override ? `${override} 处须局领导批准` : '通过');
    this.step('#gate-trial-mark', went ? '✓' : '3', went ? '' : 'zk-mark--idle',
      went ? `${runs.length} 个场景走通` : runs.length ? '场景没有都走通' : '还没有场景走过');
  }

  /** One step of the way to publication: its sign, its look and what is read out for it. */
  step(selector, sign, look, words) {
    const mark = this.part(selector);
    if (!mark) return;
    mark.textContent = sign;
    mark.className = `zk-mark ${look}`.trim();
    const line = mark.closest('li');
    line.toggleAttribute('aria-current', look === 'zk-mark--bad');
    if (look === 'zk-mark--bad') line.setAttribute('aria-current', 'step');
    line.querySelector('.visually-hidden').textContent = `：${words}`;
  }

  find(id) { return id ? this.modeler.get('elementRegistry').get(id) : undefined; }
  knows(id) { return Boolean(this.find(id)); }

  nameOf(id) {
    const element = this.find(id);
    return element ? objectOf(element).get('name') ?? '' : '';
  }

  /** Shows an element on the diagram; with a field, its properties with that field in focus. */
  point(id, status, field) {
    this.drawing.point(id, status);
    if (!field) return;
    this.openTab('pane-properties');
    setTimeout(() => this.panel.refocus({ field }), 0);
  }

  /** What walks a scenario in a trial; only what is stored is tried. */
  trialOf(name) {
    const button = trialOf(this.part('#pane-scenarios'), name);
    return button && (async () => { if (!this.saver?.dirty || await this.saver.save()) button.click(); });
  }

  get isCovered() { return Boolean(this.covered); }

  cover(coverage) {
    this.covered = coverage;
    this.drawing.cover(coverage);
  }
}

const root = document.getElementById('studio');
if (root?.dataset.xmlUrl) {
  const studio = new Studio(root);
  studio.start().then(() => {
    performance.mark('modeler-ready');
    root.dataset.ready = String(Math.round(performance.now()));
    Object.assign(window, { zkStudio: studio, zkMissing: missing, zkOpen: open });
  }).catch(failure => {
    console.error(failure);
    studio.part('.zk-modeler__canvas').replaceChildren(Object.assign(document.createElement('p'), {
      className: 'zk-note zk-note--bad', textContent: '流程图没有载入。刷新本页再试；还是不行时，从版本表下载流程图看看。'
    }));
  });
}
