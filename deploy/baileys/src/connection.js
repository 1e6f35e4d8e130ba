import { wordsOf } from './log.js';
import { statusOf } from './mapping.js';

/**
 * The connection to WhatsApp: made, made again when it ends, and begun anew
 * with another pairing when WhatsApp has ended that.
 *
 *            start            open
 *   closed ────────► connecting ────► open
 *                     ▲  │ QR code        │
 *                     │  ▼                │ 401, 411: the pairing is put aside
 *                     logged_out ◄────────┤ 403: the same pairing, each hour
 *                     ▲                   │
 *                     └── connecting ◄────┘ any other: after a while
 */

/** @typedef {'closed' | 'connecting' | 'open' | 'logged_out'} LineState */

const second = 1000;
const minute = 60 * second;
/** After so many broken sessions in a row the pairing is at fault. */
const brokenMax = 5;

/**
 * What to do when a connection has ended.
 *
 * @param {number} status a `DisconnectReason`
 * @param {number} failures in a row, this one included
 * @returns {{state: LineState, forgets: boolean, asksVersion: boolean,
 *            delayMs: number}}
 */
export function afterClose(status, failures) {
  const growing = (least, most) =>
    Math.min(least * 2 ** Math.min(failures - 1, 16), most);
  const again = (delayMs) =>
    ({ state: 'connecting', forgets: false, asksVersion: false, delayMs });
  const anew = { state: 'logged_out', forgets: true, asksVersion: false,
                 delayMs: second };
  switch (status) {
    case 401: // loggedOut
    case 411: // multideviceMismatch
      return anew;
    case 403: // forbidden: banned, for now or for good
      return { ...again(60 * minute), state: 'logged_out' };
    case 405: // WhatsApp knows this version of its client no longer
      return { ...again(growing(5 * second, 10 * minute)), asksVersion: true };
    case 440: // connectionReplaced: not to be fought over
      return again(growing(minute, 15 * minute));
    case 500: // badSession
      return failures >= brokenMax ? anew : again(growing(second, minute));
    case 515: // restartRequired: so it ends after the pairing
      return again(failures > 3 ? growing(second, minute) : 0);
    default: // connectionClosed, connectionLost, unavailableService, …
      return again(growing(second, minute));
  }
}

export class Connection {
  #deps;
  #socket = null;
  #session = null;
  #version = null;
  #timer = null;
  #failures = 0;
  #isOver = false;
  /** @type {LineState} */
  #state = 'closed';

  /**
   * @param {object} deps
   * @param {() => Promise<import('./session.js').Session>} deps.openSession
   * @param {(session: import('./session.js').Session, version: number[] | null)
   *   => any} deps.makeSocket
   * @param {() => Promise<number[] | null>} deps.latestVersion
   * @param {(events: object, socket: any) => void} deps.onEvents
   * @param {(code: string) => void} deps.onQr
   * @param {import('./log.js').Log} deps.log
   */
  constructor(deps) {
    this.#deps = deps;
  }

  get state() {
    return this.#state;
  }

  /** Of this moment; null when there is none that can be used. */
  get socket() {
    return this.#state === 'open' ? this.#socket : null;
  }

  /** Also while it is not open. */
  get latestSocket() {
    return this.#socket;
  }

  get own() {
    const me = this.#session?.state.creds.me;
    return me?.id
      ? { id: me.id, ...(me.lid ? { lid: me.lid } : {}) }
      : undefined;
  }

  async start() {
    if (this.#isOver)
      return;
    try {
      this.#session ??= await this.#deps.openSession();
      const session = this.#session;
      const socket = this.#deps.makeSocket(session, this.#version);
      this.#state = session.isPaired() ? 'connecting' : 'logged_out';
      this.#socket = socket;
      socket.ev.process((events) => this.#take(events, socket, session));
    } catch (error) {
      this.#deps.log.error(`cannot connect: ${wordsOf(error)}`);
      this.#again(afterClose(503, ++this.#failures).delayMs);
    }
  }

  async stop() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    this.#state = 'closed';
    try {
      socket?.end(undefined);
    } catch {
      // It has ended already.
    }
  }

  async #take(events, socket, session) {
    // Before anything is awaited, so that events keep their order.
    if (socket === this.#socket)
      this.#deps.onEvents(events, socket);
    if (events['creds.update'])
      await session.saveCreds().catch((error) =>
        this.#deps.log.error(`the pairing cannot be kept: ${wordsOf(error)}`));
    if (socket !== this.#socket)
      return;
    const update = events['connection.update'];
    if (!update)
      return;
    if (update.qr) {
      this.#state = 'logged_out';
      this.#deps.onQr(update.qr);
    }
    if (update.connection === 'open') {
      this.#state = 'open';
      this.#failures = 0;
      this.#deps.log.info('connected to WhatsApp');
    } else if (update.connection === 'close') {
      await this.#onClose(statusOf(update));
    }
  }

  async #onClose(status) {
    const { log } = this.#deps;
    this.#socket = null;
    const next = afterClose(status, ++this.#failures);
    const isPaired = this.#session.isPaired();
    this.#state = isPaired ? next.state : 'logged_out';
    log.warn(`the connection to WhatsApp ended (${status}); `
      + `once more in ${Math.round(next.delayMs / second)} s`);
    if (next.forgets && isPaired) {
      log.error('WhatsApp has ended the pairing: scan the code that follows');
      try {
        await this.#session.setAside();
        this.#failures = 0;
      } catch (error) {
        log.error(`the pairing cannot be put aside: ${wordsOf(error)}`);
      }
      this.#session = null;
    }
    if (next.asksVersion)
      this.#version = await this.#deps.latestVersion().catch(() => null);
    this.#again(next.delayMs);
  }

  #again(delayMs) {
    if (this.#isOver)
      return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.start(), delayMs);
  }
}
