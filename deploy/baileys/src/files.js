import { mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

let count = 0;

/**
 * Puts a whole file in place, or leaves what was there: also when the power
 * fails in between. Only the owner may read it.
 *
 * @param {string} path
 * @param {string | Uint8Array} content
 */
export async function writeWhole(path, content) {
  const temporary = `${path}.${process.pid}.${++count}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await file.close();
    await removeFile(temporary);
    throw error;
  }
  await file.close();
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** A folder that only the owner may enter. */
export async function makeFolder(path) {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

export async function removeFile(path) {
  try {
    await unlink(path);
  } catch (error) {
    if (error.code !== 'ENOENT')
      throw error;
  }
}

async function syncFolder(path) {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
