import { wordsOf } from './log.js';
import { Refusal, messageIdOf, parseSending } from './outgoing.js';

/**
 * Sends what the engine asks for. Every request has a key, and a message's id
 * comes of it: asked once more, it answers the first result; and should the
 * answer to the first attempt have been lost, WhatsApp knows the id.
 */

const underWayMax = 64;
const knownMax = 10_000;
const fetchTimeoutMs = 30_000;

export class Sender {
  #config;
  #connection;
  #sent;
  #log;
  #underWay = new Set();
  /** @type {Map<string, Promise<unknown>>} */
  #chats = new Map();
  #known = new Set();

  /**
   * @param {object} deps
   * @param {import('./config.js').Config} deps.config
   * @param {import('./connection.js').Connection} deps.connection
   * @param {import('./sent.js').SentStore} deps.sent
   * @param {import('./log.js').Log} deps.log
   */
  constructor(deps) {
    this.#config = deps.config;
    this.#connection = deps.connection;
    this.#sent = deps.sent;
    this.#log = deps.log;
  }

  /**
   * @param {any} body of the request
   * @returns {Promise<{key: object, messageTimestamp: number}>}
   * @throws {Refusal}
   */
  async send(body) {
    const sending = parseSending(body, this.#config);
    const { idempotencyKey } = sending;
    const before = this.#sent.find(idempotencyKey);
    if (before)
      return before;
    if (this.#underWay.has(idempotencyKey))
      throw new Refusal(409, 'in_progress', 'it is being sent');
    if (this.#underWay.size >= underWayMax)
      throw new Refusal(429, 'busy', 'too many messages at once');
    this.#socket();
    this.#underWay.add(idempotencyKey);
    try {
      return await this.#inTurn(sending.jid, () => this.#sendNow(sending));
    } finally {
      this.#underWay.delete(idempotencyKey);
    }
  }

  /** Who wrote to us is there. */
  know(jid) {
    this.#known.add(jid);
    if (this.#known.size > knownMax)
      this.#known.delete(this.#known.values().next().value);
  }

  #socket() {
    const { socket, state } = this.#connection;
    if (socket)
      return socket;
    if (state === 'logged_out')
      throw new Refusal(404, 'logged_out',
                        'logged out of WhatsApp: it must be paired again');
    throw new Refusal(503, 'not_connected', 'not connected to WhatsApp');
  }

  #inTurn(jid, work) {
    const before = this.#chats.get(jid) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(work);
    this.#chats.set(jid, mine);
    const forget = () => {
      if (this.#chats.get(jid) === mine)
        this.#chats.delete(jid);
    };
    mine.then(forget, forget);
    return mine;
  }

  async #sendNow({ jid, idempotencyKey, content, file, quoted }) {
    if (file && !Buffer.isBuffer(content[file]))
      content[file] = await this.#download(content[file].url);
    await this.#checkNumber(jid);
    const options = {
      messageId: messageIdOf(this.#config.session, idempotencyKey),
      ...(quoted ? { quoted } : {}),
    };
    const message = await this.#hand(this.#socket(), jid, content, options);
    const { key } = message;
    const result = {
      key: { remoteJid: key.remoteJid, fromMe: true, id: key.id },
      messageTimestamp: Number(message.messageTimestamp ?? 0)
        || Math.floor(Date.now() / 1000),
    };
    try {
      await this.#sent.add(idempotencyKey, result, message.message);
    } catch (error) {
      // It is sent; not to say so would send it twice.
      this.#log.error(`what was sent cannot be kept: ${wordsOf(error)}`);
    }
    return result;
  }

  async #hand(socket, jid, content, options) {
    try {
      const message = await socket.sendMessage(jid, content, options);
      if (!message?.key?.id)
        throw new Error('nothing was sent');
      return message;
    } catch (error) {
      throw this.#refusalOf(error);
    }
  }

  #refusalOf(error) {
    const status = error?.output?.statusCode;
    this.#log.warn(`sending failed: ${wordsOf(error)}`);
    if (status === 428 || this.#connection.state !== 'open')
      return new Refusal(503, 'not_connected', 'not connected to WhatsApp');
    if (status === 400 || status === 406 || status === 413)
      return new Refusal(400, 'invalid', 'WhatsApp does not take the message');
    return new Refusal(500, 'unknown', 'it may have been sent or not');
  }

  /** Asked once only: numbers that write to nobody known look suspicious. */
  async #checkNumber(jid) {
    if (!this.#config.checksNumbers || !jid.endsWith('@s.whatsapp.net')
        || this.#known.has(jid))
      return;
    let found;
    try {
      found = await this.#socket().onWhatsApp(jid);
    } catch (error) {
      if (error instanceof Refusal)
        throw error;
      this.#log.warn(`a number cannot be looked up: ${wordsOf(error)}`);
      return;
    }
    // Nothing is said of numbers that are not there.
    if (Array.isArray(found) && !found.some(({ exists }) => exists))
      throw new Refusal(400, 'bad_recipient', 'the number is not on WhatsApp');
    this.know(jid);
  }

  async #download(url) {
    try {
      const response = await fetch(url, {
        signal: AbortSignal.timeout(fetchTimeoutMs),
      });
      if (!response.ok)
        throw new Error(`HTTP ${response.status}`);
      return await readAtMost(response.body, this.#config.mediaBytesMax);
    } catch (error) {
      if (error instanceof Refusal)
        throw error;
      this.#log.warn(`a file cannot be fetched: ${wordsOf(error)}`);
      throw new Refusal(500, 'file_unavailable', 'the file cannot be fetched');
    }
  }
}

/** All of a stream, or a refusal when there is more. */
export async function readAtMost(stream, max) {
  const chunks = [];
  let size = 0;
  for await (const chunk of stream ?? []) {
    size += chunk.length;
    if (size > max) {
      const refusal = new Refusal(413, 'too_large',
                                  `the file has more than ${max} bytes`);
      refusal.isFinal = true;
      throw refusal;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
