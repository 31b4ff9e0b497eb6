// The list of what is wrong, beside an editor; a click leads to the place.

const MARK = { error: [ 'zk-mark--bad', '!' ], warning: [ 'zk-mark--care', '!' ] };

/** Draws the findings into the list; `lead(finding)` goes to the place, `leads(finding)` says whether there is one. */
export function show(list, findings, { lead, leads, allRight }) {
  const rows = findings.map(finding => row(finding, lead, leads(finding)));
  if (!rows.length) rows.push(line('', '✓', allRight));
  list.replaceChildren(...rows);
}

/** Writes how many there are on the tab. */
export const count = (place, findings) => { place.textContent = findings.length ? ` ${findings.length}` : ''; };

function line(kind, sign, text) {
  const item = document.createElement('li');
  const mark = document.createElement('span');
  mark.className = `zk-mark ${kind}`.trim();
  mark.setAttribute('aria-hidden', 'true');
  mark.textContent = sign;
  const words = document.createElement('div');
  words.textContent = text;
  item.append(mark, words);
  return item;
}

function row(finding, lead, hasPlace) {
  const [ kind, sign ] = MARK[finding.severity] ?? MARK.error;
  const item = line(kind, sign, finding.message);
  const where = document.createElement('p');
  where.textContent = finding.where ?? '';
  if (hasPlace) {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'btn btn-sm btn-link p-0', textContent: '指出位置' });
    button.setAttribute('aria-label', `指出位置：${finding.message}`);
    button.addEventListener('click', () => lead(finding));
    if (where.textContent) where.append('　');
    where.append(button);
  }
  if (where.childNodes.length) item.append(where);
  return item;
}
