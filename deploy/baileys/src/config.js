/** What the environment says, checked once at the start. */

/**
 * @typedef {object} Config
 * @property {string} engineUrl where the engine is, without a slash at its end
 * @property {string} apiKey of both directions
 * @property {string} session the number's name towards the engine
 * @property {string} dataPath
 * @property {string} host
 * @property {number} port
 * @property {number} mediaBytesMax of a file that comes in or goes out
 * @property {number} spoolBytesMax
 * @property {number} engineTimeoutMs
 * @property {boolean} checksNumbers
 * @property {'error' | 'warn' | 'info' | 'debug'} logLevel
 */

const keySizeMin = 8;
const keySizeMax = 512;
const mebibyte = 1024 * 1024;

/** A setting that cannot be used; the text names it and never its value. */
export class ConfigError extends Error {}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Config}
 */
export function readConfig(env) {
  const apiKey = env.BAILEYS_API_KEY ?? '';
  if (apiKey.length < keySizeMin || apiKey.length > keySizeMax)
    throw new ConfigError(
      `BAILEYS_API_KEY must have ${keySizeMin} to ${keySizeMax} characters`);
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new ConfigError('BAILEYS_API_KEY must be ASCII without spaces');
  return {
    engineUrl: readUrl(env, 'BAILEYS_ENGINE_URL', 'http://127.0.0.1:8080'),
    apiKey,
    session: readWord(env, 'BAILEYS_SESSION', 'main'),
    dataPath: env.BAILEYS_DATA || './data',
    host: env.BAILEYS_HOST || '127.0.0.1',
    port: readNumber(env, 'BAILEYS_PORT', 3000, 0, 65535),
    mediaBytesMax:
      readNumber(env, 'BAILEYS_MEDIA_MIB', 16, 1, 100) * mebibyte,
    spoolBytesMax:
      readNumber(env, 'BAILEYS_SPOOL_MIB', 1024, 1, 1024 * 1024) * mebibyte,
    engineTimeoutMs:
      readNumber(env, 'BAILEYS_ENGINE_TIMEOUT_S', 60, 1, 600) * 1000,
    checksNumbers: readSwitch(env, 'BAILEYS_CHECK_NUMBERS', true),
    logLevel: readChoice(env, 'BAILEYS_LOG_LEVEL', 'info',
                         ['error', 'warn', 'info', 'debug']),
  };
}

function readUrl(env, name, fallback) {
  const text = env[name] || fallback;
  let url;
  try {
    url = new URL(text);
  } catch {
    throw new ConfigError(`${name} is no URL`);
  }
  if (!['http:', 'https:'].includes(url.protocol) || url.search || url.hash)
    throw new ConfigError(
      `${name} must be an http or https URL without query and fragment`);
  if (url.username || url.password)
    throw new ConfigError(`${name} must not have a user or a password in it`);
  return text.replace(/\/+$/, '');
}

function readWord(env, name, fallback) {
  const text = env[name] || fallback;
  if (!/^[A-Za-z0-9_+-]{1,64}$/.test(text))
    throw new ConfigError(
      `${name} must have 1 to 64 letters, digits, '_', '+' or '-'`);
  return text;
}

function readNumber(env, name, fallback, least, most) {
  if (!env[name])
    return fallback;
  const value = Number(env[name]);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new ConfigError(`${name} must be a number from ${least} to ${most}`);
  return value;
}

function readSwitch(env, name, fallback) {
  return readChoice(env, name, fallback ? 'true' : 'false',
                    ['true', 'false']) === 'true';
}

function readChoice(env, name, fallback, choices) {
  const text = env[name] || fallback;
  if (!choices.includes(text))
    throw new ConfigError(`${name} must be one of ${choices.join(', ')}`);
  return text;
}
