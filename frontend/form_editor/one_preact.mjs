// form-js brings two versions of preact, one for its editor and one for its viewer, and components of one do not work
// inside the other: all of the form editor uses the editor's.
import path from 'node:path';

const EDITOR = path.resolve('node_modules/@bpmn-io/form-js-editor');
const OURS = [ `${path.sep}form-js-`, `${path.sep}frontend${path.sep}form_editor` ];

/** An esbuild plugin. */
export const onePreact = {
  name: 'one-preact',
  setup(build) {
    build.onResolve({ filter: /^preact(\/|$)/ }, ({ path: name, importer, kind, resolveDir }) => {
      if (resolveDir === EDITOR || !OURS.some(part => importer.includes(part))) return null;
      return build.resolve(name, { kind, importer, resolveDir: EDITOR });
    });
  }
};
