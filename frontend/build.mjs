// Bundles the browser code into app/web/static/dist, from which Flask serves it. No page loads anything else.
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { chinese } from './chinese.mjs';
import { onePreact } from './form_editor/one_preact.mjs';

const target = 'app/web/static/dist';

// Every script that lies directly in frontend/ is a page's own bundle; what they share lies in folders.
const entries = await readdir('frontend', { withFileTypes: true });
const pages = entries.filter(entry => entry.isFile() && entry.name.endsWith('.js')).map(entry => entry.name);

// A folder's words.mjs lists the English literals of libraries that have no translate hook, and their Chinese.
const lists = entries.filter(entry => entry.isDirectory())
  .map(entry => path.resolve('frontend', entry.name, 'words.mjs')).filter(existsSync);
const words = await Promise.all(lists.map(async file => (await import(file)).default));

await rm(target, { recursive: true, force: true });
const result = await build({
  entryPoints: Object.fromEntries(pages.map(name => [ name.slice(0, -3), `frontend/${name}` ])),
  outdir: target,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  metafile: true,
  legalComments: 'linked',
  assetNames: 'assets/[name]-[hash]',
  loader: { '.woff2': 'file', '.woff': 'file', '.ttf': 'file', '.eot': 'file', '.svg': 'file' },
  // The list of functions that the editors of the library bring along is English and not ours.
  alias: { '@camunda/feel-builtins': path.resolve('frontend/feel_builtins.mjs') },
  plugins: [ chinese(...words), onePreact ],
  logLevel: 'warning'
});

// A file that was translated and is in no bundle any more was moved by its library: its words are English again.
const bundled = Object.keys(result.metafile.inputs);
const moved = words.flatMap(Object.keys).filter(file => !bundled.some(name => name.endsWith(file)));
if (moved.length) {
  console.error(`these translated files are in no bundle any more: ${moved.join(', ')}`);
  process.exit(1);
}

for (const [ file, output ] of Object.entries(result.metafile.outputs)) {
  if (!file.includes('/assets/')) console.log(`${String(output.bytes).padStart(9)}  ${file}`);
}
