// Bundles the browser code into app/web/static/dist, from which Flask serves it. No page loads anything else.
import { build } from 'esbuild';
import { readdir, rm } from 'node:fs/promises';

const target = 'app/web/static/dist';

// Every script that lies directly in frontend/ is a page's own bundle; what they share lies in folders.
const pages = (await readdir('frontend')).filter(name => name.endsWith('.js'));

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
  logLevel: 'warning'
});

for (const [ file, output ] of Object.entries(result.metafile.outputs)) {
  if (!file.includes('/assets/')) console.log(`${String(output.bytes).padStart(9)}  ${file}`);
}
