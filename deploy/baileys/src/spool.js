import { readFile, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { makeFolder, removeFile, writeWhole } from './files.js';

/**
 * What the engine has yet to be told, in its order, a file each. An entry is on
 * disk before anything else is done with it, and goes when the engine has it.
 * What the engine refuses for good is kept beside, the newest of it.
 */

const rejectedMax = 1000;
const numberLength = 16;
const form = /^([0-9]{16})\.json$/;

export class SpoolFull extends Error {}

export class Spool {
  #folder;
  #rejectedFolder;
  #bytesMax;
  /** @type {{name: string, size: number, at: number}[]} the oldest first */
  #entries = [];
  #bytes = 0;
  #next = 1;
  #rejected = [];

  /** @param {string} folder @param {number} bytesMax */
  constructor(folder, bytesMax) {
    this.#folder = folder;
    this.#rejectedFolder = join(folder, 'rejected');
    this.#bytesMax = bytesMax;
  }

  async open() {
    await makeFolder(this.#rejectedFolder);
    const names = (await readdir(this.#folder)).sort();
    for (const name of names) {
      if (name.endsWith('.tmp'))
        await removeFile(join(this.#folder, name));
      const match = form.exec(name);
      if (!match)
        continue;
      const { size, mtimeMs } = await stat(join(this.#folder, name));
      this.#entries.push({ name, size, at: mtimeMs });
      this.#bytes += size;
      this.#next = Number(match[1]) + 1;
    }
    this.#rejected = (await readdir(this.#rejectedFolder)).sort();
    const last = form.exec(this.#rejected.at(-1) ?? '');
    if (last)
      this.#next = Math.max(this.#next, Number(last[1]) + 1);
  }

  /** Callers await each before the next, so that the order is theirs. */
  async add(value) {
    const text = JSON.stringify(value);
    const size = Buffer.byteLength(text);
    if (this.#bytes + size > this.#bytesMax)
      throw new SpoolFull('the spool is full');
    const name = `${String(this.#next++).padStart(numberLength, '0')}.json`;
    await writeWhole(join(this.#folder, name), text);
    this.#entries.push({ name, size, at: Date.now() });
    this.#bytes += size;
  }

  get size() {
    return this.#entries.length;
  }

  get bytes() {
    return this.#bytes;
  }

  get rejectedSize() {
    return this.#rejected.length;
  }

  /** Seconds that the oldest has waited. */
  get ageSeconds() {
    const [first] = this.#entries;
    return first ? Math.max(0, Math.round((Date.now() - first.at) / 1000)) : 0;
  }

  /** The oldest; null when there is none. Unreadable ones are put aside. */
  async first() {
    while (this.#entries.length > 0) {
      const [{ name }] = this.#entries;
      try {
        return JSON.parse(await readFile(join(this.#folder, name), 'utf8'));
      } catch (error) {
        if (error.code === 'ENOENT')
          this.#forgetFirst();
        else if (error instanceof SyntaxError)
          await this.rejectFirst();
        else
          throw error;
      }
    }
    return null;
  }

  async removeFirst() {
    const [{ name }] = this.#entries;
    await removeFile(join(this.#folder, name));
    this.#forgetFirst();
  }

  async rejectFirst() {
    const [{ name }] = this.#entries;
    await rename(join(this.#folder, name), join(this.#rejectedFolder, name));
    this.#forgetFirst();
    this.#rejected.push(name);
    while (this.#rejected.length > rejectedMax)
      await removeFile(join(this.#rejectedFolder, this.#rejected.shift()));
  }

  #forgetFirst() {
    const { size } = this.#entries.shift();
    this.#bytes -= size;
  }
}
