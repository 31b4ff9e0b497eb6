// Bundles the browser code into app/web/static/dist, from which Flask serves it. No page loads anything else.
import { build } from 'esbuild';
import { rm } from 'node:fs/promises';

const target = 'app/web/static/dist';

await rm(target, { recursive: true, force: true });
const result = await build({
  entryPoints: { viewer: 'frontend/viewer.js' },
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
