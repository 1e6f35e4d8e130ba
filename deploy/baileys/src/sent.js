import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { makeFolder, removeFile, writeWhole } from './files.js';
import { proto } from './library.js';

/**
 * What was sent within a day: so that asking once more answers the first
 * result, also after a restart, and so that WhatsApp can ask for a message
 * again that a device could not read.
 */

const keptMs = 24 * 3600 * 1000;
const countMax = 100_000;

export class SentStore {
  #folder;
  #now;
  /** @type {Map<string, {at: number, id: string, result: object}>} the oldest first */
  #byKey = new Map();
  /** @type {Map<string, string>} the message's id to the entry's name */
  #byId = new Map();

  /** @param {string} folder @param {() => number} [now] milliseconds */
  constructor(folder, now = Date.now) {
    this.#folder = folder;
    this.#now = now;
  }

  async open() {
    await makeFolder(this.#folder);
    const found = [];
    for (const file of await readdir(this.#folder)) {
      const entry = file.endsWith('.json') ? await this.#read(file) : null;
      if (entry && entry.at > this.#now() - keptMs)
        found.push([file.slice(0, -'.json'.length), entry]);
      else
        await removeFile(join(this.#folder, file));
    }
    found.sort(([, a], [, b]) => a.at - b.at);
    for (const [name, entry] of found)
      this.#keep(name, entry);
  }

  /** The first result of this key, or null. */
  find(idempotencyKey) {
    const entry = this.#byKey.get(nameOf(idempotencyKey));
    return entry && entry.at > this.#now() - keptMs ? entry.result : null;
  }

  /**
   * @param {string} idempotencyKey
   * @param {object} result
   * @param {object} message of Baileys: what was sent
   */
  async add(idempotencyKey, result, message) {
    await this.#dropOld();
    const name = nameOf(idempotencyKey);
    const entry = { at: this.#now(), id: result.key.id, result };
    this.#keep(name, entry);
    const sent = message
      ? Buffer.from(proto.Message.encode(
          proto.Message.fromObject(message)).finish()).toString('base64')
      : '';
    await writeWhole(this.#pathOf(name), JSON.stringify({ ...entry, sent }));
  }

  /** What was sent under this id, as Baileys' `getMessage` wants it. */
  async message(id) {
    const name = this.#byId.get(id);
    const entry = name ? await this.#read(`${name}.json`) : null;
    return entry?.sent
      ? proto.Message.decode(Buffer.from(entry.sent, 'base64'))
      : undefined;
  }

  #keep(name, entry) {
    this.#byKey.delete(name);
    this.#byKey.set(name, { at: entry.at, id: entry.id, result: entry.result });
    this.#byId.set(entry.id, name);
  }

  async #dropOld() {
    for (const [name, { at, id }] of this.#byKey) {
      if (at > this.#now() - keptMs && this.#byKey.size < countMax)
        break;
      this.#byKey.delete(name);
      this.#byId.delete(id);
      await removeFile(this.#pathOf(name));
    }
  }

  async #read(file) {
    try {
      return JSON.parse(await readFile(join(this.#folder, file), 'utf8'));
    } catch (error) {
      if (error instanceof SyntaxError || error.code === 'ENOENT')
        return null;
      throw error;
    }
  }

  #pathOf(name) {
    return join(this.#folder, `${name}.json`);
  }
}

function nameOf(idempotencyKey) {
  return createHash('sha256').update(idempotencyKey).digest('hex');
}
