import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readConfig } from '../src/config.js';
import { makeLog } from '../src/log.js';
import { startService } from '../src/service.js';

export const apiKey = 'a-key-for-tests';

/** Fails by itself when the condition does not come true in time. */
export async function until(condition, what = 'the condition', ms = 10_000) {
  const end = Date.now() + ms;
  while (!await condition()) {
    if (Date.now() > end)
      throw new Error(`${what} did not come true`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function temporaryFolder(test) {
  const path = await mkdtemp(join(tmpdir(), 'switchboard-baileys-'));
  test.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Stands for the engine: notes what it is told, answers as it is set. */
export class FakeEngine {
  calls = [];
  /** @type {(call: object) => number} */
  answer = () => 200;

  async start(test) {
    this.server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request)
        chunks.push(chunk);
      const call = {
        path: request.url,
        key: request.headers['x-api-key'],
        body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
      };
      const status = this.answer(call);
      this.calls.push({ ...call, status });
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end('{}');
    });
    await new Promise((resolve) =>
      this.server.listen(0, '127.0.0.1', resolve));
    test.after(() => {
      this.server.close();
      this.server.closeAllConnections?.();
    });
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  }

  /** What it has taken of this event. */
  taken(event) {
    return this.calls
      .filter(({ status, body }) => status === 200 && body.event === event)
      .map(({ body }) => body);
  }
}

/** Has of Baileys' socket what the sidecar uses. */
export class FakeSocket {
  sent = [];
  asked = [];
  absent = new Set();
  phones = new Map();
  /** @type {() => Promise<void>} */
  beforeSend = async () => {};
  #handlers = [];

  ev = { process: (handler) => this.#handlers.push(handler) };
  signalRepository = {
    lidMapping: { getPNForLID: async (lid) => this.phones.get(lid) ?? null },
  };

  async tell(events) {
    for (const handler of this.#handlers)
      await handler(events);
  }

  open() {
    return this.tell({ 'connection.update': { connection: 'open' } });
  }

  close(statusCode) {
    const error = Object.assign(new Error('closed'), { output: { statusCode } });
    return this.tell({
      'connection.update': { connection: 'close', lastDisconnect: { error } },
    });
  }

  async sendMessage(jid, content, options) {
    this.sent.push({ jid, content, options });
    await this.beforeSend();
    return {
      key: { remoteJid: jid, fromMe: true, id: options.messageId },
      message: { conversation: content.text ?? '' },
      messageTimestamp: 1749416400,
    };
  }

  async onWhatsApp(jid) {
    this.asked.push(jid);
    return this.absent.has(jid) ? [] : [{ jid, exists: true }];
  }

  end() {}
}

/** A running sidecar on a fake socket, with an engine beside it. */
export async function startWorld(test, { env = {}, openMedia } = {}) {
  const world = { sockets: [], codes: [], lines: [] };
  // What is registered first ends first.
  test.after(() => world.service?.stop());
  const engine = new FakeEngine();
  await engine.start(test);
  const folder = await temporaryFolder(test);
  const config = readConfig({
    BAILEYS_ENGINE_URL: engine.url, BAILEYS_API_KEY: apiKey,
    BAILEYS_DATA: folder, BAILEYS_PORT: '0', ...env,
  });
  Object.assign(world, { engine, folder });
  world.start = async () => {
    world.service = await startService(config, {
      makeSocket: (session) => {
        const socket = new FakeSocket();
        session.state.creds.me ??= world.me;
        world.session = session;
        world.sockets.push(socket);
        return socket;
      },
      latestVersion: async () => null,
      onQr: (code) => world.codes.push(code),
      openMedia,
      delayMin: 5,
    }, makeLog('debug', (line) => world.lines.push(line)));
    world.port = world.service.port;
  };
  world.me = { id: '15550001111:3@s.whatsapp.net', lid: '99@lid' };
  world.socket = () => world.sockets.at(-1);
  world.send = (body, headers = {}) =>
    fetch(`http://127.0.0.1:${world.port}/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey,
                 ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  world.health = async () =>
    (await fetch(`http://127.0.0.1:${world.port}/healthz`)).json();
  await world.start();
  return world;
}

export function textTo(idempotencyKey, text = 'Hello', more = {}) {
  return { session: 'main', jid: '15551234567@s.whatsapp.net',
           messageContent: { text }, idempotencyKey, ...more };
}
