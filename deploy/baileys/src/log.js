/**
 * Lines for people, to standard error. No texts of messages, no keys, no phone
 * numbers go in here.
 */

const levels = ['error', 'warn', 'info', 'debug'];

/**
 * @typedef {Record<'error' | 'warn' | 'info' | 'debug',
 *                  (text: string) => void>} Log
 */

/**
 * @param {'error' | 'warn' | 'info' | 'debug'} level
 * @param {(line: string) => void} [write]
 * @returns {Log}
 */
export function makeLog(level, write = (line) => process.stderr.write(line)) {
  const loudest = levels.indexOf(level);
  const log = {};
  for (const [rank, name] of levels.entries())
    log[name] = rank > loudest ? () => {} : (text) =>
      write(`${new Date().toISOString()} ${name} ${text}\n`);
  return /** @type {Log} */ (log);
}

/** For libraries, whose lines may hold keys and texts. */
export const silentLibraryLog = {
  level: 'silent',
  child: () => silentLibraryLog,
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
};

/**
 * The library for Signal's protocol prints whole sessions, with their keys, by
 * `console`; our own lines do not go that way.
 */
export function silenceConsole() {
  for (const name of ['log', 'info', 'warn', 'error', 'debug', 'dir', 'trace'])
    console[name] = () => {};
}

/** An error in a few words, without what it carries. */
export function wordsOf(error) {
  const cause = error?.cause?.code ?? error?.cause?.message;
  const words = String(error?.message ?? error).slice(0, 200);
  return cause ? `${words} (${String(cause).slice(0, 100)})` : words;
}
