// The form editor: form-js to lay out, our own server to draw, check and keep.
import { FormEditor } from '@bpmn-io/form-js-editor';
import '@bpmn-io/form-js/dist/assets/form-js.css';
import '@bpmn-io/form-js/dist/assets/form-js-editor.css';
import './form_editor/form_editor.css';
import { count, show } from './editing/findings.mjs';
import { send } from './editing/requests.mjs';
import { Saver } from './editing/saver.mjs';
import { tabs } from './editing/tabs.mjs';
import panel from './form_editor/panel.mjs';
import { Preview } from './form_editor/preview.mjs';

const CHECK_MS = 500;
const root = document.getElementById('form-editor');
const { sourceUrl, saveUrl, checkUrl, file } = root.dataset;
const open = tabs(document.querySelector('.zk-studio__side .zk-tabs'));

const editor = new FormEditor({
  container: root,
  additionalModules: [ panel ],
  vocabulary: JSON.parse(root.dataset.vocabulary),
  propertiesPanel: { parent: document.getElementById('pane-properties') }
});
const text = () => `${JSON.stringify(editor.saveSchema(), null, 2)}\n`;
const preview = new Preview(document.getElementById('preview'), text);

const saver = new Saver({
  url: saveUrl, rev: Number(root.dataset.rev), type: 'application/json', read: async () => text(), file,
  status: document.getElementById('save-status'), notes: document.getElementById('save-note')
});

function lead({ id }) {
  const field = editor.get('formFieldRegistry').get(id);
  if (!field) return;
  editor.get('selection').set(field);
  root.querySelector(`[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'center' });
  open('pane-properties');
}

async function check() {
  try {
    const { findings } = await send(checkUrl, { body: text(), type: 'application/json' });
    show(document.getElementById('findings'), findings, {
      lead, leads: finding => Boolean(finding.id && editor.get('formFieldRegistry').get(finding.id)),
      allRight: '表单可以使用'
    });
    count(document.getElementById('findings-count'), findings);
  } catch {
    // Saving says what is wrong with the connection.
  }
}

let timer = null;
function edited() {
  saver.changed();
  clearTimeout(timer);
  timer = setTimeout(() => { check(); preview.refresh(); }, CHECK_MS);
}

const source = await fetch(sourceUrl);
await editor.importSchema(await source.json());
editor.get('eventBus').on('commandStack.changed', edited);
document.getElementById('save').addEventListener('click', () => saver.save());
await check();
preview.start();
root.editor = editor;
root.dataset.ready = 'true';
