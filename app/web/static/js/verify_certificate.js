// Checks the certificate of a random draw by the rules ZJ-DRAW-1 in the browser: the chosen file never leaves it.
// It shares no code with the application and none with the verifier in Python, and seats people by bipartite matching
// where those count (Hall's theorem). SHA-256 is written out because the browser's own is missing on plain http.
// Section numbers are those of the rules.

const REASONS = [ 'INELIGIBLE_NOW', 'ALREADY_INVITED', 'NO_CATEGORY', 'UNIT_TAKEN', 'NO_SEAT', 'WOULD_BLOCK', 'TAKEN' ];
const INELIGIBILITIES = [ 'LEAVE', 'REMOVED', 'SUSPENDED', 'RECUSAL', 'CLASH', 'UNIT_CHANGED' ];
const MAX_CATEGORIES = 8;
const MAX_CONTRIBUTION = 64;
const MAX_BYTES = 64 * 1024 * 1024;
const RESTS_ON = '失格和离组的人数以审计留痕为据，不由抽取证明。';
const UNWITNESSED = '未经第二方见证';
const IDENTIFIED = '审计副本：名单中的代号与所附专家、单位编号全部一致；副本的签名另行核验。';
const PROVES = '核验证明：评审小组由抽取前锁定的名单和条件推出。';
const DOES_NOT_PROVE = '核验不证明：锁定的名单没有遗漏；这一点以审计副本和各项筛除人数为准。';

class Fault extends Error {}

function need(holds, otherwise) {
  if (!holds) throw new Fault(otherwise);
}

/**
 * Checks the text of a certificate. Never throws for what the text holds.
 * @param {string} text the content of the file
 * @returns {{ok: boolean, messages: string[], rounds: object[]}} what to read, and the figures of each round
 */
export function verifyCertificate(text) {
  try {
    return verified(parse(text));
  } catch (error) {
    let why = null;
    if (error instanceof Fault) why = error.message;
    else if (error instanceof RangeError) why = '内容嵌套过深';   // the stack is full
    else throw error;
    return { ok: false, messages: [ `核验不通过：${why}` ], rounds: [] };
  }
}

function verified(document) {
  const certificate = object(document, '证书');
  need(certificate.get('spec') === 'ZJ-DRAW-1', '证书不是按 ZJ-DRAW-1 规则出具的');
  const draw = opening(certificate, object(certificate.get('conditions'), '抽取条件'));
  const identified = certificate.has('draw_salt') || certificate.has('identities');
  if (identified) checkIdentities(certificate, draw.candidates);
  const given = list(certificate.get('rounds'), '轮次');
  need(given.length > 0, '证书没有任何一轮抽取');
  const rounds = given.map((one, at) => checkRound(draw, at + 1, one));
  const panel = draw.complete ? [ ...draw.members ].sort() : [];
  need(sameList(list(certificate.get('panel'), '评审小组名单'), panel), '评审小组名单与最后一轮抽取的成员不一致');
  const code = certificate.get('commit').toUpperCase();
  const people = certificate.get('contributions').map(one => one.get('by')).filter(by => by !== 'public');
  const messages = [
    '核验通过',
    `名单 ${draw.candidates.length} 人，承诺码 ${code.slice(0, 4)}-${code.slice(-4)}，抽取产生 ${panel.length} 人`,
    ...rounds.map(roundText),
    RESTS_ON,
    ...(people.length > 1 && people.includes('witness') ? [] : [ UNWITNESSED ]),
    ...(identified ? [ IDENTIFIED ] : []),
    PROVES,
    DOES_NOT_PROVE,
  ];
  return { ok: true, messages, rounds };
}

function roundText(one) {
  const opened = one.opened ? `，新开席位 ${one.opened} 个` : '';
  const came = one.complete ? `取中 ${one.taken} 人` : '没有可行的组成';
  return `第 ${one.number} 轮：失格 ${one.ineligible} 人，离组 ${one.left} 人${opened}，${came}`;
}

// ---- strict JSON: objects are Maps, a key stands once, a number that is no safe integer stays what it is ----

class Unfit {
  constructor(literal) { this.literal = literal; }
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS = new Map([ [ 'true', true ], [ 'false', false ], [ 'null', null ] ]);

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail() {
    const before = this.text.slice(0, this.at).split('\n');
    throw new Fault(`文件不是合法的 JSON（第 ${before.length} 行第 ${before.at(-1).length + 1} 个字符）`);
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const hit = pattern.exec(this.text);
    if (hit) this.at = pattern.lastIndex;
    return hit;
  }

  /** Passes over space and then over the mark, if it is there. */
  skip(mark) {
    this.take(SPACE);
    if (this.text[this.at] !== mark) return false;
    this.at += 1;
    return true;
  }

  value() {
    this.take(SPACE);
    const first = this.text[this.at];
    if (first === '{') return this.members();
    if (first === '[') return this.items();
    if (first === '"') return this.string();
    for (const [ word, meaning ] of WORDS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return meaning;
    }
    const hit = this.take(NUMBER);
    if (!hit) this.fail();
    const whole = hit[1] === undefined && hit[2] === undefined && Number.isSafeInteger(Number(hit[0]));
    return whole ? Number(hit[0]) : new Unfit(hit[0]);
  }

  string() {
    const hit = this.take(STRING);
    if (!hit) this.fail();
    return JSON.parse(hit[0]);
  }

  members() {
    const made = new Map();
    this.skip('{');
    if (this.skip('}')) return made;
    do {
      this.take(SPACE);
      const key = this.string();
      if (made.has(key)) throw new Fault(`JSON 中的键“${short(key)}”重复`);
      if (!this.skip(':')) this.fail();
      made.set(key, this.value());
    } while (this.skip(','));
    if (!this.skip('}')) this.fail();
    return made;
  }

  items() {
    const made = [];
    this.skip('[');
    if (this.skip(']')) return made;
    do made.push(this.value()); while (this.skip(','));
    if (!this.skip(']')) this.fail();
    return made;
  }
}

function parse(text) {
  const reader = new Reader(text.replace(/^\ufeff/, ''));
  const value = reader.value();
  reader.take(SPACE);
  if (reader.at < reader.text.length) reader.fail();
  return value;
}

// ---- the form of every part ----

function object(value, what) {
  need(value instanceof Map, `${what}缺失或不是 JSON 对象`);
  return value;
}

function list(value, what, length = null) {
  need(Array.isArray(value), `${what}缺失或不是列表`);
  need(length === null || value.length === length, `${what}不是 ${length} 项`);
  return value;
}

function hex(value, what, fits) {
  const holds = typeof value === 'string' && fits(value.length) && /^[0-9a-f]+$/.test(value);
  need(holds, `${what}缺失或不是规定长度的小写十六进制数`);
  return value;
}

const digits = count => length => length === count;

function count(value, what) {
  need(Number.isSafeInteger(value) && value >= 0, `${what}缺失或不是非负整数`);
  return value;
}

function short(value) {
  const shown = typeof value === 'string' ? value : plain(value);
  return shown.length <= 80 ? shown : `${shown.slice(0, 80)}…`;
}

function plain(value) {
  if (value instanceof Unfit) return value.literal;
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
  if (value instanceof Map) return `{${[ ...value ].map(([ key, one ]) => `${plain(key)}: ${plain(one)}`).join(', ')}}`;
  return JSON.stringify(value === undefined ? null : value);
}

const sameList = (one, other) => one.length === other.length && one.every((value, at) => value === other[at]);

// ---- sections 1 to 3: list, conditions, commitment, seed ----

function opening(certificate, conditions) {
  const { categories, seats, designated } = readSeats(conditions);
  const candidates = readCandidates(certificate.get('candidates'), categories.length);
  const listHash = sha256(ascii(candidates.map(one => `${one.pid}\t${one.unit}\t${one.mask}\n`).join('')));
  need(hex(certificate.get('list_hash'), '名单摘要', digits(64)) === toHex(listHash), '名单与名单摘要不一致');
  const serverSeed = fromHex(hex(certificate.get('server_seed'), '系统种子', digits(64)));
  const condHash = sha256(new TextEncoder().encode(canonical(conditions)));
  const commit = sha256(joined(ascii('ZJ-DRAW-1/commit'), serverSeed, condHash, listHash, u64(candidates.length)));
  const matches = hex(certificate.get('commit'), '承诺值', digits(64)) === toHex(commit);
  need(matches, '承诺值与名单、抽取条件和系统种子不一致');
  const parts = [ ascii('ZJ-DRAW-1/seed'), serverSeed, commit ];
  const contributions = list(certificate.get('contributions'), '投入的随机值');
  need(contributions.length > 0, '没有人投入随机值');
  for (const one of contributions) {
    const given = object(one, '投入的随机值').get('value');
    const fits = length => length % 2 === 0 && length >= 2 && length <= 2 * MAX_CONTRIBUTION;
    const value = fromHex(hex(given, '投入的随机值', fits));
    parts.push(u32(value.length), value);
  }
  const index = new Map(candidates.map((one, at) => [ one.pid, at ]));
  return {
    candidates, categories, seats, unopened: designated, seed: sha256(joined(...parts)), index,
    invited: new Set(), members: [], complete: false,
  };
}

function readSeats(conditions) {
  for (const key of [ 'activity', 'categories', 'quota', 'panel_size' ]) {
    need(conditions.has(key), `抽取条件缺少 ${key}`);
  }
  const categories = list(conditions.get('categories'), '抽取条件的类别');
  const fit = categories.every(name => typeof name === 'string') && new Set(categories).size === categories.length;
  need(fit && categories.length <= MAX_CATEGORIES, `抽取条件的类别不是至多 ${MAX_CATEGORIES} 个不同的文字`);
  const quota = object(conditions.get('quota'), '抽取条件的席位');
  for (const [ name, places ] of quota) {
    need(categories.includes(name), `抽取条件的席位用了没有列出的类别“${short(name)}”`);
    count(places, `类别“${short(name)}”的席位数`);
  }
  const designated = conditions.has('designated') ? count(conditions.get('designated'), '人工遴选的席位数') : 0;
  return { categories, seats: categories.map(name => quota.get(name) ?? 0), designated };
}

function readCandidates(value, categories) {
  const candidates = [];
  for (const [ at, one ] of list(value, '名单').entries()) {
    const where = `名单第 ${at + 1} 行`;
    const [ pid, unit, mask ] = list(one, where, 3);
    hex(pid, `${where}的代号`, digits(32));
    hex(unit, `${where}的单位代号`, digits(32));
    need(count(mask, `${where}的类别`) < 2 ** categories, `${where}的类别超出抽取条件`);
    need(at === 0 || candidates[at - 1].pid < pid, `${where}没有按代号排序或代号重复`);
    candidates.push({ pid, unit, mask });
  }
  return candidates;
}

/** Section 2: RFC 8785 for what conditions may hold. JavaScript sorts texts by UTF-16 code units, as it asks. */
function canonical(value) {
  if (typeof value === 'string') {
    need(!/\p{Surrogate}/u.test(value), '抽取条件中有不成对的代理字符');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value instanceof Map) {
    const keys = [ ...value.keys() ].sort();
    return `{${keys.map(key => `${canonical(key)}:${canonical(value.get(key))}`).join(',')}}`;
  }
  need(!(value instanceof Unfit), '抽取条件中有小数或过大的数，规则只允许整数');
  return String(value);
}

/** Section 7: the auditor's copy has a line `[pid, expert id, unit id]` for every candidate. */
function checkIdentities(certificate, candidates) {
  const salt = fromHex(hex(certificate.get('draw_salt'), '审计副本的盐值', digits(64)));
  const lines = list(certificate.get('identities'), '审计副本的编号对照');
  need(lines.length === candidates.length, '审计副本的编号对照与名单人数不同');
  for (const [ at, { pid, unit } ] of candidates.entries()) {
    const where = `审计副本的编号对照第 ${at + 1} 行`;
    const [ named, expertId, unitId ] = list(lines[at], where, 3);
    const fit = [ expertId, unitId ].every(id => typeof id === 'string' || Number.isSafeInteger(id));
    need(fit, `${where}的编号不是整数或文字`);
    const made = [ `expert:${expertId}`, `unit:${unitId}` ]
      .map(text => toHex(hmac(salt, new TextEncoder().encode(text))).slice(0, 32));
    need(sameList([ named, ...made ], [ pid, pid, unit ]), `${where}与名单的代号不一致`);
  }
}

// ---- section 4: the order ----

function* order(seed, n) {
  const words = stream(seed);
  const moved = new Map();   // any other place still holds its own number
  for (let t = 0; t < n; t++) {
    const j = t + below(words, n - t);
    yield moved.get(j) ?? j;
    moved.set(j, moved.get(t) ?? t);
  }
}

function below(words, n) {
  const range = 2n ** 64n, bound = BigInt(n);
  for (;;) {
    const word = words.next().value;
    if (word < range - range % bound) return Number(word % bound);
  }
}

function* stream(seed) {
  for (let block = 0; ; block++) {
    const bytes = hmac(seed, joined(ascii('ZJ-DRAW-1/stream'), u64(block)));
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < 32; at += 8) yield view.getBigUint64(at);
  }
}

// ---- section 5: a round ----

function checkRound(draw, number, value) {
  const where = `第 ${number} 轮`;
  const given = object(value, where);
  const opened = openSeats(draw, where, given.has('opened') ? given.get('opened') : new Map());
  const ineligible = readIneligible(draw, where, given.get('ineligible'));
  const retained = list(given.get('retained'), `${where}的留任成员`);
  need(number > 1 || retained.length + ineligible.size === 0, `${where}不应有留任成员或失格人员`);
  need(retained.every(pid => draw.members.includes(pid)), `${where}的留任成员不是上一轮的成员`);
  need(new Set(retained).size === retained.length, `${where}的留任成员重复`);
  need(!retained.some(pid => ineligible.has(pid)), `${where}的留任成员同时列为失格`);
  const log = list(given.get('log'), `${where}的记录`);
  const left = draw.members.length - retained.length;
  const panel = new Panel(draw, ineligible);
  for (const pid of retained) panel.join(draw.candidates[draw.index.get(pid)]);
  draw.members = panel.members;
  draw.complete = panel.isCompletable();
  if (draw.complete) walk(draw, where, panel, ineligible, log);
  else need(log.length === 0, `${where}已组不成评审小组，记录应为空`);
  const taken = draw.members.length - retained.length;
  return { number, ineligible: ineligible.size, left, opened, taken, complete: draw.complete };
}

function openSeats(draw, where, value) {
  let total = 0;
  for (const [ name, places ] of object(value, `${where}新开的席位`)) {
    const at = draw.categories.indexOf(name);
    need(at >= 0, `${where}新开席位用了没有列出的类别“${short(name)}”`);
    draw.seats[at] += count(places, `${where}新开的席位数`);
    total += places;
  }
  draw.unopened -= total;
  need(draw.unopened >= 0, `${where}新开的席位多于人工遴选的席位`);
  return total;
}

function readIneligible(draw, where, value) {
  const ineligible = new Set();
  for (const pair of list(value, `${where}的失格人员`)) {
    const [ pid, reason ] = list(pair, `${where}失格人员的一项`, 2);
    need(draw.index.has(pid), `${where}的失格人员“${short(pid)}”不在名单中`);
    need(!ineligible.has(pid), `${where}的失格人员“${short(pid)}”重复`);
    need(INELIGIBILITIES.includes(reason), `${where}失格的理由“${short(reason)}”不在规则之内`);
    ineligible.add(pid);
  }
  return ineligible;
}

function walk(draw, where, panel, ineligible, log) {
  const steps = order(draw.seed, draw.candidates.length);
  for (const [ at, entry ] of log.entries()) {
    const line = `${where}记录第 ${at + 1} 条`;
    const given = list(entry, line, 3)[2];
    need(REASONS.includes(given), `${line}的理由“${short(given)}”不在规则之内`);
    need(!panel.isFull(), `${where}席位已满，记录第 ${at + 1} 条起多余`);
    const index = steps.next().value;
    const candidate = draw.candidates[index];
    let reason = null;
    if (ineligible.has(candidate.pid)) reason = 'INELIGIBLE_NOW';
    else if (draw.invited.has(candidate.pid)) reason = 'ALREADY_INVITED';
    else reason = panel.reason(candidate);
    const expected = [ index, candidate.pid, reason ];
    if (!sameList(entry, expected)) throw new Fault(`${line}应为 ${short(expected)}，证书写的是 ${short(entry)}`);
    if (reason === 'TAKEN') panel.join(candidate);
  }
  need(panel.isFull(), `${where}席位未满，记录不完整`);
  for (const pid of panel.members) draw.invited.add(pid);
}

/** The members of a round so far, and every unit without one with the categories that it could still fill. */
class Panel {
  constructor(draw, ineligible) {
    this.members = [];
    this.masks = [];
    this.seats = draw.seats;
    this.places = draw.seats.reduce((sum, places) => sum + places, 0);
    this.units = new Map();   // unit -> free mask
    for (const { pid, unit, mask } of draw.candidates) {
      const gone = draw.invited.has(pid) || ineligible.has(pid);
      this.units.set(unit, (this.units.get(unit) ?? 0) | (gone ? 0 : mask));
    }
    this.free = new Map();    // free mask -> units that have it
    for (const mask of this.units.values()) this.free.set(mask, (this.free.get(mask) ?? 0) + 1);
    this.known = new Map();
  }

  isFull() {
    return this.members.length === this.places;
  }

  isCompletable() {
    const seating = new Seating(this.seats);
    return this.masks.every(mask => seating.seat(mask)) && seating.fill(this.free);
  }

  /** Makes him a member; his unit sends nobody else. */
  join({ pid, unit, mask }) {
    this.members.push(pid);
    this.masks.push(mask);
    this.free = this.freeWithout(this.units.get(unit));
    this.units.delete(unit);
    this.known.clear();
  }

  freeWithout(mask) {
    return new Map(this.free).set(mask, this.free.get(mask) - 1);
  }

  /** The code of somebody who is neither ineligible nor already invited. */
  reason({ unit, mask }) {
    if (mask === 0) return 'NO_CATEGORY';
    if (!this.units.has(unit)) return 'UNIT_TAKEN';
    const unitMask = this.units.get(unit), key = `${mask} ${unitMask}`;
    if (!this.known.has(key)) this.known.set(key, this.tried(mask, unitMask));
    return this.known.get(key);
  }

  tried(mask, unitMask) {
    const seating = new Seating(this.seats);
    if (![ ...this.masks, mask ].every(one => seating.seat(one))) return 'NO_SEAT';
    return seating.fill(this.freeWithout(unitMask)) ? 'TAKEN' : 'WOULD_BLOCK';
  }
}

/** Puts people on the seats for real, and moves others where that helps. */
class Seating {
  constructor(seats) {
    this.empty = [ ...seats ];
    this.sitting = seats.map(() => []);   // by category, the masks of those who sit there
  }

  /** Seats one more person; nobody who sits loses his seat for it. */
  seat(mask, tried = new Set()) {
    for (const category of this.sitting.keys()) {
      if (!(mask >> category & 1) || tried.has(category)) continue;
      tried.add(category);
      const there = this.sitting[category];
      if (this.empty[category] > 0) {
        this.empty[category] -= 1;
        there.push(mask);
        return true;
      }
      const at = there.findIndex(other => this.seat(other, tried));
      if (at < 0) continue;
      there[at] = mask;
      return true;
    }
    return false;
  }

  /** Fills every empty seat from the units: free mask -> number of units. */
  fill(units) {
    const left = new Map(units);
    for (const category of this.empty.keys()) {
      for (; this.empty[category] > 0; this.empty[category] -= 1) {
        if (!this.recruit(category, left, new Set())) return false;
      }
    }
    return true;
  }

  /** Finds one person more for a category: from a unit, or somebody seated who can be replaced where he sits. */
  recruit(category, left, tried) {
    tried.add(category);
    for (const [ mask, units ] of left) {
      if (units === 0 || !(mask >> category & 1)) continue;
      left.set(mask, units - 1);
      this.sitting[category].push(mask);
      return true;
    }
    for (const other of this.sitting.keys()) {
      const at = tried.has(other) ? -1 : this.sitting[other].findIndex(mask => mask >> category & 1);
      if (at < 0 || !this.recruit(other, left, tried)) continue;
      this.sitting[category].push(...this.sitting[other].splice(at, 1));
      return true;
    }
    return false;
  }
}

// ---- bytes, SHA-256 (FIPS 180-4) and HMAC (RFC 2104) ----

const ascii = text => Uint8Array.from(text, sign => sign.charCodeAt(0));
const toHex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
const fromHex = text => Uint8Array.from(text.match(/../g), pair => parseInt(pair, 16));

function joined(...parts) {
  const made = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    made.set(part, at);
    at += part.length;
  }
  return made;
}

function u32(number) {
  const made = new DataView(new ArrayBuffer(4));
  made.setUint32(0, number);
  return new Uint8Array(made.buffer);
}

function u64(number) {
  const made = new DataView(new ArrayBuffer(8));
  made.setBigUint64(0, BigInt(number));
  return new Uint8Array(made.buffer);
}

const ROUND_CONSTANTS = Uint32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);
const START = [ 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 ];
const turn = (word, bits) => word >>> bits | word << 32 - bits;

function sha256(bytes) {
  const message = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setBigUint64(message.length - 8, BigInt(bytes.length) * 8n);
  const state = Uint32Array.from(START);
  const schedule = new Uint32Array(64);
  for (let at = 0; at < message.length; at += 64) compress(state, schedule, view, at);
  const made = new DataView(new ArrayBuffer(32));
  state.forEach((word, place) => made.setUint32(4 * place, word));
  return new Uint8Array(made.buffer);
}

function compress(state, w, view, at) {
  for (let t = 0; t < 16; t++) w[t] = view.getUint32(at + 4 * t);
  for (let t = 16; t < 64; t++) {
    const early = w[t - 15], late = w[t - 2];
    const s0 = turn(early, 7) ^ turn(early, 18) ^ early >>> 3;
    const s1 = turn(late, 17) ^ turn(late, 19) ^ late >>> 10;
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  let [ a, b, c, d, e, f, g, h ] = state;
  for (let t = 0; t < 64; t++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const first = h + s1 + (e & f ^ ~e & g) + ROUND_CONSTANTS[t] + w[t] | 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const second = s0 + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + first | 0;
    d = c;
    c = b;
    b = a;
    a = first + second | 0;
  }
  for (const [ place, word ] of [ a, b, c, d, e, f, g, h ].entries()) state[place] += word;
}

function hmac(key, message) {
  const block = new Uint8Array(64);
  block.set(key);
  const inner = sha256(joined(block.map(byte => byte ^ 0x36), message));
  return sha256(joined(block.map(byte => byte ^ 0x5c), inner));
}

// ---- the page: an input of a file and a region that tells what was found ----

async function read(file) {
  if (file.size > MAX_BYTES) throw new Fault('文件超过 64 MB，不是抽取证书');
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Fault('文件不是 UTF-8 文本');
  }
}

async function findings(file) {
  try {
    return verifyCertificate(await read(file));
  } catch (error) {
    const why = error instanceof Fault ? error.message : '无法读取文件，请重新选择';
    return { ok: false, messages: [ `核验不通过：${why}` ], rounds: [] };
  }
}

function show(region, file, { ok, messages }) {
  const note = document.createElement('div');
  note.className = `zk-note ${ok ? messages.includes(UNWITNESSED) ? 'zk-note--care' : 'zk-note--ok' : 'zk-note--bad'}`;
  const [ verdict, ...details ] = messages;
  const head = document.createElement('p');
  const strong = document.createElement('strong');
  strong.textContent = verdict;
  head.append(strong, `（${file.name}）`);
  note.append(head, ...details.map(text => {
    const line = document.createElement('p');
    line.textContent = text;
    return line;
  }));
  region.replaceChildren(note);
}

const input = globalThis.document?.querySelector('#certificate-file');
const region = globalThis.document?.querySelector('#verify-result');
if (input && region) {
  const unasked = [ ...region.childNodes ];   // what the page says before a file is chosen
  const check = async () => {
    const [ file ] = input.files;
    if (!file) return region.replaceChildren(...unasked);
    const found = await findings(file);
    if (input.files[0] === file) show(region, file, found);
  };
  input.addEventListener('change', check);
  check();   // the browser may have kept the choice of a page that was left and come back to
}
