// Chinese for libraries without a translate hook: string literals are swapped while bundling.
// A `words.mjs` lists, by file of the library, { 'literal as it stands in the source': '中文' }; the quotes around it
// stay. When a listed literal is no longer in its file, the build fails: no update brings English back unseen.
import { readFile } from 'node:fs/promises';

// a break in a longer literal may be of either kind
const escaped = text => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/\n/g, '\\r?\\n');

/**
 * The source with every listed literal swapped, and the literals that were not found. What holds a bracket or brace and
 * is no whole literal is a part of one (`<p>No Entries</p>`) and is swapped wherever it stands.
 */
export function swapped(source, words) {
  const lost = [];
  for (const [ english, chinese ] of Object.entries(words)) {
    const whole = new RegExp(`(['"\`])${escaped(english)}\\1`, 'g');
    const isPart = /[<>{}]/.test(english) && !whole.test(source);
    let found = false;
    source = source.replace(isPart ? new RegExp(`()${escaped(english)}`, 'g') : whole, (_all, quote) => {
      found = true;
      return quote + chinese + quote;
    });
    if (!found) lost.push(english);
  }
  return { source, lost };
}

/** An esbuild plugin for one or more lists of words. */
export function chinese(...lists) {
  const files = {};
  for (const list of lists)
    for (const [ file, words ] of Object.entries(list)) files[file] = { ...files[file], ...words };
  return {
    name: 'chinese',
    setup(build) {
      for (const [ file, words ] of Object.entries(files)) {
        build.onLoad({ filter: new RegExp(escaped(file) + '$') }, async ({ path }) => {
          const { source, lost } = swapped(await readFile(path, 'utf8'), words);
          const errors = lost.map(english => ({ text: `不再有这段英文，译文用不上了：${english}`, location: { file: path } }));
          return { contents: source, loader: 'js', errors };
        });
      }
    }
  };
}
