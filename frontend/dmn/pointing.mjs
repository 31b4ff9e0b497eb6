// Points at rules and columns of the table. The marks are rules of a style sheet made here, so that they stay when the
// table is drawn anew.

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [ ...document.adoptedStyleSheets, sheet ];

const named = (attribute, id) => `#table-editor [data-${attribute}="${CSS.escape(id)}"]`;

/** Marks rules by number (from 1) and a column by label; scrolls to the first. `kind` is found or matched. */
export function point(root, { rules = [], input = '', output = '' }, kind = 'found') {
  const rows = rules.map(number => root.rows[number - 1]).filter(row => row);
  const column = root.cols.find(({ businessObject: one }) =>
    input && one.$type === 'dmn:InputClause' && (one.label === input || one.inputExpression?.text === input)
    || output && one.$type === 'dmn:OutputClause' && one.name === output);
  const places = [ ...rows.map(row => named('row-id', row.id)), ...column ? [ named('col-id', column.id) ] : [] ];
  const cross = column && rows.length ? rows.map(row => `${named('row-id', row.id)}[data-col-id="${CSS.escape(column.id)}"]`) : [];
  const colour = kind === 'matched' ? 'var(--zk-ok-bg)' : 'var(--zk-care-bg)';
  sheet.replaceSync([
    places.length ? `${places.join(',')} { background-color: ${colour} !important; }` : '',
    cross.length ? `${cross.join(',')} { outline: 2px solid var(--zk-bad-fg); outline-offset: -2px; }` : ''
  ].join('\n'));
  const first = cross[0] ?? places[0];
  if (first && kind === 'found') document.querySelector(first)?.scrollIntoView({ block: 'center', inline: 'center' });
}

/** Whether there is anything to point at. */
export const hasPlace = ({ rules = [], input = '', output = '' }) => rules.length > 0 || Boolean(input || output);
