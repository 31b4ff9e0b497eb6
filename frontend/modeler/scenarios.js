// The list of scenarios that the page brought: after a check it says how each went.
const LOOKS = { true: [ '', '✓', '走通' ], false: [ ' zk-mark--bad', '!', '没有走通' ] };

/** `runs` are those of the report: name, ok, message. What the check did not run stays as it was. */
export function showRuns(pane, runs = []) {
  const lines = [ ...pane.querySelectorAll('li[data-scenario]') ];
  for (const { name, ok, message } of runs) {
    const line = lines.find(entry => entry.dataset.scenario === name);
    if (!line) continue;
    const [ look, sign, words ] = LOOKS[Boolean(ok)];
    const mark = line.querySelector('.zk-mark');
    mark.className = `zk-mark${look}`;
    mark.textContent = sign;
    line.querySelector('.visually-hidden').textContent = `：${words}`;
    const told = message?.replace(`场景“${name}”`, '');  // the line has said which
    const button = line.querySelector('button[name="scenario"]');
    if (button) {
      button.textContent = ok ? '照它走' : '从这个场景重新走一遍';
      button.setAttribute('aria-label', `${button.textContent}：${name}`);
      line.querySelector('input[name="walk"]').disabled = Boolean(ok);  // one that strays is walked to where it does
    }
    line.querySelector('p').textContent = `${line.dataset.steps} 步${ok ? '' : `：${told}`}`;
  }
}

/** The button that walks a scenario in a trial, null when the page has none. */
export function trialOf(pane, name) {
  return [ ...pane.querySelectorAll('button[name="scenario"]') ].find(entry => entry.value === name) ?? null;
}
