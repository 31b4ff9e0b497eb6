// The editor of decision tables: dmn-js to write, our own server to check, try out and keep.
import './dmn/dmn_editor.css';
import translations, { untranslated } from './dmn/translations.mjs';
import { hasPlace, point } from './dmn/pointing.mjs';
import { ReadTables, Tables } from './dmn/table_editor.mjs';
import { Trial } from './dmn/trial.mjs';
import { count, show } from './editing/findings.mjs';
import { send } from './editing/requests.mjs';
import { Saver } from './editing/saver.mjs';
import { tabs } from './editing/tabs.mjs';

const CHECK_MS = 500;
const TYPES = [ 'string', 'boolean', 'number', 'date', 'time', 'dateTime', 'dayTimeDuration', 'yearMonthDuration', 'Any' ];
const root = document.getElementById('table-editor');
const { sourceUrl, saveUrl, checkUrl, file } = root.dataset;
const isRead = root.dataset.readonly === 'true';
tabs(document.querySelector('.zk-studio__side .zk-tabs'));

const editor = new (isRead ? ReadTables : Tables)({
  container: root,
  common: {
    dataTypes: TYPES,
    feelLanguageContext: { builtins: JSON.parse(root.dataset.feelFunctions).map(one => ({
      ...one, info: () => new DOMParser().parseFromString(one.info, 'text/html').body.firstElementChild
    })) }
  },
  decisionTable: { additionalModules: [ translations ] }
});
const xml = async () => (await editor.saveXML({ format: true })).xml;
const sheetRoot = () => editor.getActiveViewer().get('sheet').getRoot();
const decision = () => editor.getActiveView().element;

const saver = isRead ? null : new Saver({
  url: saveUrl, rev: Number(root.dataset.rev), type: 'application/xml', read: xml, file,
  status: document.getElementById('save-status'), notes: document.getElementById('save-note')
});

const ask = async typed => send(checkUrl, {
  body: JSON.stringify({ xml: await xml(), decision: decision().id, typed }), type: 'application/json'
});

const trial = new Trial({
  form: document.getElementById('try-form'), fields: document.getElementById('try-fields'),
  result: document.getElementById('try-result')
}, {
  ask: async typed => { const answer = await ask(typed); told(answer); return answer.tried; },
  labels: () => Object.fromEntries(decision().decisionLogic.output.map(one => [ one.name, one.label || one.name ])),
  matched: rules => point(sheetRoot(), { rules: rules.map(rule => rule.index) }, 'matched')
});

function told({ findings, asked }) {
  show(document.getElementById('findings'), findings, {
    lead: finding => point(sheetRoot(), finding), leads: hasPlace, allRight: '没有写错的格子，也没有漏掉或重叠的情形'
  });
  count(document.getElementById('findings-count'), findings);
  if (asked.length) trial.show(asked);
}

async function check() {
  try {
    if (trial.isOpen) await trial.run();
    else told(await ask(null));
  } catch (problem) {
    show(document.getElementById('findings'), [ { message: problem.message ?? '没有检查成' } ],
      { lead() {}, leads: () => false, allRight: '' });
  }
}

let timer = null;
function edited() {
  if (root.dataset.ready !== 'true') return;
  saver?.changed();
  clearTimeout(timer);
  timer = setTimeout(check, CHECK_MS);
}

editor.on('viewer.created', ({ viewer }) => viewer.on('commandStack.changed', edited));
try {
  const source = await fetch(sourceUrl);
  await editor.importXML(await source.text());
  document.getElementById('save')?.addEventListener('click', () => saver.save());
  await check();
  Object.assign(root, { editor, untranslated });
} catch (problem) {
  show(document.getElementById('findings'), [ { message: '这张表画不出来：文件里没有决策表，或写法不对。' } ],
    { lead() {}, leads: () => false, allRight: '' });
}
root.dataset.ready = 'true';
