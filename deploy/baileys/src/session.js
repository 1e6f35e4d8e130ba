import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { makeFolder, removeFile, writeWhole } from './files.js';
import { BufferJSON, initAuthCreds, proto } from './library.js';

/**
 * The pairing with the phone: credentials and Signal's keys, a file each, in
 * one folder. Files are replaced whole, so a crash leaves the last good state.
 * One process at a time uses a folder.
 *
 * @typedef {object} Session
 * @property {{creds: object, keys: {get: Function, set: Function}}} state
 *   as Baileys wants it
 * @property {() => Promise<void>} saveCreds
 * @property {() => boolean} isPaired
 * @property {() => Promise<void>} setAside
 *   Moves the folder away, so that the next one begins unpaired.
 */

/**
 * @param {string} folder
 * @returns {Promise<Session>}
 */
export async function openSession(folder) {
  await makeFolder(folder);
  const writes = new Turns();
  const pathOf = (name) => join(folder, fileName(name));

  const read = async (name) => {
    let text;
    try {
      text = await readFile(pathOf(name), 'utf8');
    } catch (error) {
      if (error.code === 'ENOENT')
        return null;
      throw error;
    }
    return JSON.parse(text, BufferJSON.reviver);
  };
  const write = (name, value) => {
    // What it is now: Baileys goes on changing the object.
    const text = value ? JSON.stringify(value, BufferJSON.replacer) : null;
    return writes.take(name, () => text === null
      ? removeFile(pathOf(name))
      : writeWhole(pathOf(name), text));
  };

  const creds = await read('creds') ?? initAuthCreds();
  const keys = {
    async get(type, ids) {
      const found = {};
      await Promise.all(ids.map(async (id) => {
        const name = `${type}-${id}`;
        const value = await writes.take(name, () => read(name));
        found[id] = type === 'app-state-sync-key' && value
          ? proto.Message.AppStateSyncKeyData.fromObject(value)
          : value;
      }));
      return found;
    },
    async set(data) {
      const all = [];
      for (const [type, values] of Object.entries(data))
        for (const [id, value] of Object.entries(values))
          all.push(write(`${type}-${id}`, value));
      await Promise.all(all);
    },
  };
  return {
    state: { creds, keys },
    saveCreds: () => write('creds', creds),
    isPaired: () => Boolean(creds.me?.id),
    async setAside() {
      await writes.end();
      const when = new Date().toISOString().replace(/[:.]/g, '-');
      await rename(folder, `${folder}.${when}.old`);
    },
  };
}

/** Ids may hold anything; file names may not, nor may two ids share one. */
function fileName(name) {
  const plain = name.replace(/[^A-Za-z0-9_.@-]/g,
    (c) => `%${c.codePointAt(0).toString(16)}`);
  return `${plain}.json`;
}

/** Work on one name is done in its order. */
class Turns {
  /** @type {Map<string, Promise<unknown>>} */
  #last = new Map();
  #isOver = false;

  take(name, work) {
    if (this.#isOver)
      return Promise.resolve(null);
    const before = this.#last.get(name) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(work);
    this.#last.set(name, mine);
    const forget = () => {
      if (this.#last.get(name) === mine)
        this.#last.delete(name);
    };
    mine.then(forget, forget);
    return mine;
  }

  async end() {
    this.#isOver = true;
    await Promise.allSettled(this.#last.values());
  }
}
