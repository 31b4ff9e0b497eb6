// Requests of the editors to our own server: with the token of the session, refusals in words.

const AWAY = '登录已经过期，或这一页打开得太久。';
const UNREACHED = '连不上服务器，改动还在本页。';
const REFUSED = '服务器没有接受，改动还在本页。';

const meta = () => document.querySelector('meta[name="csrf-token"]');

/** A token of the present session, for a page that has been open since an earlier one; false where nobody is signed in. */
export async function renewToken() {
  const place = document.querySelector('[data-token-url]');
  if (!place || !meta()) return false;
  try {
    const answer = await fetch(place.dataset.tokenUrl, { redirect: 'manual' });
    if (!answer.ok || !isJson(answer)) return false;
    meta().content = (await answer.json()).csrf_token;
    return true;
  } catch {
    return false;
  }
}

const isJson = answer => Boolean(answer.headers.get('Content-Type')?.includes('json'));

/**
 * Sends text to the server and gives what it answers.
 *
 * Throws {status, message, …what a refusal says}: `isAway` where one has to log in anew, `isUnreached` without an answer.
 */
export async function send(url, { method = 'POST', body, type, headers = {} } = {}) {
  const ask = () => fetch(url, {
    method, body, redirect: 'manual',
    headers: { ...(type && { 'Content-Type': type }), 'X-CSRFToken': meta()?.content ?? '', Accept: 'application/json', ...headers }
  });
  let answer;
  try {
    answer = await ask();
    if (answer.status === 400 && await renewToken()) answer = await ask();
  } catch {
    throw { status: 0, isUnreached: true, message: UNREACHED };
  }
  if (answer.ok) return answer.json();
  const isAway = answer.type === 'opaqueredirect' || [ 400, 401, 403 ].includes(answer.status);
  throw { status: answer.status, isAway, message: isAway ? AWAY : REFUSED, ...(isJson(answer) && await answer.json()) };
}
