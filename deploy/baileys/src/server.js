import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

import { wordsOf } from './log.js';
import { Refusal } from './outgoing.js';

/** `POST /send` for the engine and `GET /healthz` for whoever watches. */

const headersTimeoutMs = 10_000;
const requestTimeoutMs = 120_000;
const connectionsMax = 256;
/** What stands around the file's bytes. */
const bodyRest = 256 * 1024;
/** Bodies are held whole, so not many large ones at once. */
const heldMax = 4;

/**
 * @param {object} deps
 * @param {import('./config.js').Config} deps.config
 * @param {(body: any) => Promise<object>} deps.send
 * @param {() => object} deps.health
 * @param {import('./log.js').Log} deps.log
 * @returns {import('node:http').Server}
 */
export function makeServer({ config, send, health, log }) {
  const key = digest(config.apiKey);
  const bodyMax = Math.ceil(config.mediaBytesMax / 3) * 4 + bodyRest;
  const gate = { held: 0, max: bodyMax * heldMax };

  const route = async (request) => {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/healthz')
      return onlyBy(request, ['GET', 'HEAD'], () => health());
    if (path !== '/send')
      throw new Refusal(404, 'not_found', 'there is nothing here');
    return onlyBy(request, ['POST'], async () => {
      if (!isKey(request, key))
        throw new Refusal(401, 'unauthorized', 'the key is missing or wrong');
      return { data: await send(await readJson(request, bodyMax, gate)) };
    });
  };
  const server = createServer(async (request, response) => {
    try {
      answer(request, response, 200, await route(request));
    } catch (error) {
      if (!(error instanceof Refusal))
        log.error(`a request failed: ${wordsOf(error)}`);
      const { status, code, message } = error instanceof Refusal ? error
        : new Refusal(500, 'internal', 'an error of the sidecar');
      answer(request, response, status, { error: { code, message } });
    }
  });
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.maxConnections = connectionsMax;
  return server;
}

function onlyBy(request, methods, run) {
  if (!methods.includes(request.method))
    throw new Refusal(405, 'method_not_allowed', `only ${methods[0]} is known`);
  return run();
}

function digest(text) {
  return createHash('sha256').update(text).digest();
}

/** Hashes are of one length, and take the same time to compare. */
function isKey(request, key) {
  const given = request.headers['x-api-key'];
  return typeof given === 'string' && timingSafeEqual(digest(given), key);
}

async function readJson(request, max, gate) {
  const chunks = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      gate.held += chunk.length;
      if (size > max)
        throw new Refusal(413, 'too_large', 'the body is too large');
      if (gate.held > gate.max)
        throw new Refusal(429, 'busy', 'too many messages at once');
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks, size).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new Refusal(400, 'invalid', 'the body is no JSON');
    throw error;
  } finally {
    gate.held -= size;
  }
}

function answer(request, response, status, body) {
  if (response.destroyed || response.headersSent)
    return;
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  };
  const pauses = { 409: '2', 429: '5', 503: '5' };
  if (pauses[status])
    headers['retry-after'] = pauses[status];
  if (status === 405)
    headers.allow = request.url?.startsWith('/send') ? 'POST' : 'GET, HEAD';
  // The rest of a body that was not read would be taken for a request.
  if (!request.complete)
    headers.connection = 'close';
  response.writeHead(status, headers);
  response.end(request.method === 'HEAD' ? undefined : text);
}
