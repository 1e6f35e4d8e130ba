import { wordsOf } from './log.js';

/**
 * Takes the spool to the engine: one call at a time, in order, again and again
 * until the engine has it.
 *
 *   2xx                        next
 *   413                        once more without files
 *   `passing`, 5xx, no answer  later, the same again
 *   any other 4xx              put aside: it would never be taken
 */

const delayMin = 1000;
const delayMax = 60_000;
const retryAfterMax = 300_000;
const fetchAttempts = 3;
/** Not the call's fault: the key, the address or the engine. */
const passing = new Set([401, 403, 404, 405, 408, 425, 429]);

export class Courier {
  #spool;
  #config;
  #fetchMedia;
  #own;
  #log;
  #wait;
  #fetch;
  #isOver = false;
  #wake = () => {};
  #abort = new AbortController();
  #failures = 0;
  #problem = '';
  /** @type {Promise<void>} */
  #done = Promise.resolve();

  /**
   * @param {object} deps
   * @param {import('./spool.js').Spool} deps.spool
   * @param {import('./config.js').Config} deps.config
   * @param {(note: object, signal: AbortSignal) => Promise<Buffer>}
   *   deps.fetchMedia
   * @param {() => {id?: string, lid?: string} | undefined} deps.own
   * @param {import('./log.js').Log} deps.log
   * @param {typeof fetch} [deps.fetch]
   * @param {number} [deps.delayMin] milliseconds before the first retry
   */
  constructor(deps) {
    this.#spool = deps.spool;
    this.#config = deps.config;
    this.#fetchMedia = deps.fetchMedia;
    this.#own = deps.own;
    this.#log = deps.log;
    this.#fetch = deps.fetch ?? fetch;
    this.#wait = deps.delayMin ?? delayMin;
  }

  start() {
    this.#done = this.#run();
  }

  /** Something was added to the spool. */
  wake() {
    this.#wake();
  }

  async stop() {
    this.#isOver = true;
    this.#abort.abort();
    this.#wake();
    await this.#done;
  }

  /** Why nothing gets through at the moment; empty when it does. */
  get problem() {
    return this.#problem;
  }

  async #run() {
    while (!this.#isOver) {
      try {
        const told = await this.#spool.first();
        if (!told)
          await this.#sleep(delayMax);
        else
          await this.#deliver(told);
      } catch (error) {
        this.#log.error(`the spool cannot be used: ${wordsOf(error)}`);
        await this.#pause(0);
      }
    }
  }

  async #deliver(told) {
    const media = told.media ? await this.#media(told.media) : undefined;
    if (this.#isOver)
      return;
    let answer = await this.#post(told, media);
    if (answer.status === 413 && media) {
      this.#log.warn('a file is too large for the engine and is left out');
      answer = await this.#post(told, without(media));
    }
    if (this.#isOver && !answer.ok)
      return;
    if (answer.ok)
      await this.#spool.removeFirst();
    else if (answer.status >= 400 && answer.status < 500
             && !passing.has(answer.status)) {
      this.#log.error(`the engine refused an event (HTTP ${answer.status}); `
        + 'it is kept in the folder rejected of the spool');
      await this.#spool.rejectFirst();
    } else {
      this.#fail(answer);
      await this.#pause(answer.retryAfterMs);
      return;
    }
    if (this.#problem !== '')
      this.#log.info('the engine takes events again');
    this.#failures = 0;
    this.#problem = '';
  }

  async #post(told, media) {
    const { engineUrl, apiKey, session, engineTimeoutMs } = this.#config;
    const own = this.#own();
    const body = { event: told.event, session, data: told.data };
    if (own)
      body.me = own;
    if (media)
      body.media = media;
    try {
      const signal = AbortSignal.timeout(engineTimeoutMs);
      const response = await this.#fetch(`${engineUrl}/webhook/baileys`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
        body: JSON.stringify(body),
        redirect: 'error',
        signal,
      });
      // What it says is of no use, but the connection is.
      await response.arrayBuffer();
      const seconds = Number(response.headers.get('retry-after') ?? 0);
      return { ok: response.ok, status: response.status,
               words: `HTTP ${response.status}`,
               retryAfterMs: seconds > 0 ? seconds * 1000 : 0 };
    } catch (error) {
      return { ok: false, status: 0, words: wordsOf(error), retryAfterMs: 0 };
    }
  }

  /** A file that cannot be had is named all the same. */
  async #media(notes) {
    const out = {};
    for (const note of notes) {
      const { id, mimetype, fileName, size } = note;
      out[id] = { mimetype, fileName, ...(size > 0 ? { size } : {}) };
      const bytes = await this.#bytes(note);
      if (bytes)
        out[id].base64 = bytes.toString('base64');
    }
    return out;
  }

  async #bytes(note) {
    if (note.size > this.#config.mediaBytesMax) {
      this.#log.warn(`a file of ${note.size} bytes is too large`);
      return null;
    }
    for (let attempt = 1; attempt <= fetchAttempts && !this.#isOver; ++attempt) {
      try {
        return await this.#fetchMedia(note, this.#abort.signal);
      } catch (error) {
        this.#log.warn(`a file cannot be fetched: ${wordsOf(error)}`);
        if (error.isFinal)
          return null;
        if (attempt < fetchAttempts)
          await this.#sleep(this.#wait * attempt, false);
      }
    }
    return null;
  }

  #fail({ words }) {
    ++this.#failures;
    if (this.#problem !== words)
      this.#log.warn(`the engine does not take events: ${words}`);
    this.#problem = words;
  }

  /** Longer each time, and not for all sidecars at once. */
  async #pause(least) {
    const grown = Math.min(this.#wait * 2 ** Math.min(this.#failures - 1, 16),
                           delayMax);
    const spread = grown * (0.75 + Math.random() / 2);
    await this.#sleep(Math.max(spread, Math.min(least, retryAfterMax)), false);
  }

  /** Until that time, the end, or (unless told otherwise) a new entry. */
  #sleep(ms, wakesByEntry = true) {
    return new Promise((resolve) => {
      if (this.#isOver || (wakesByEntry && this.#spool.size > 0)) {
        resolve();
        return;
      }
      const end = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#wake = () => {
        if (wakesByEntry || this.#isOver)
          end();
      };
    });
  }
}

function without(media) {
  const out = {};
  for (const [id, { base64: _, ...rest }] of Object.entries(media))
    out[id] = rest;
  return out;
}
