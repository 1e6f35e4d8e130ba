import { once } from 'node:events';
import { join } from 'node:path';

import { Connection } from './connection.js';
import { Courier } from './courier.js';
import { makeFolder } from './files.js';
import { downloadMediaMessage, proto } from './library.js';
import { Listener } from './listener.js';
import { silentLibraryLog } from './log.js';
import { Sender, readAtMost } from './sender.js';
import { SentStore } from './sent.js';
import { makeServer } from './server.js';
import { openSession } from './session.js';
import { Spool } from './spool.js';

/**
 * The whole sidecar, put together:
 *
 *   WhatsApp ── Connection ──► Listener ──► Spool ──► Courier ──► engine
 *                   ▲                                               │
 *                   └──────────── Sender ◄── server (POST /send) ◄──┘
 *
 * @typedef {object} Parts that tests replace
 * @property {(session: object, version: number[] | null,
 *   getMessage: (key: object) => Promise<object | undefined>) => any} makeSocket
 * @property {() => Promise<number[] | null>} latestVersion
 * @property {(code: string) => void} onQr
 * @property {(message: object, socket: any) => Promise<AsyncIterable<Buffer>>}
 *   [openMedia]
 * @property {number} [delayMin] milliseconds before the engine is tried again
 */

const downloadTimeoutMs = 120_000;

/**
 * @param {import('./config.js').Config} config
 * @param {Parts} parts
 * @param {import('./log.js').Log} log
 */
export async function startService(config, parts, log) {
  await makeFolder(config.dataPath);
  const spool = new Spool(join(config.dataPath, 'spool'), config.spoolBytesMax);
  const sent = new SentStore(join(config.dataPath, 'sent'));
  await Promise.all([spool.open(), sent.open()]);

  const openMedia = parts.openMedia ?? openWhatsAppMedia;
  const courier = new Courier({
    spool, config, log,
    delayMin: parts.delayMin,
    own: () => connection.own,
    fetchMedia: (note, signal) =>
      fetchMedia(note, signal, connection.latestSocket, openMedia, config),
  });
  const listener = new Listener(spool, () => courier.wake(), log);
  const connection = new Connection({
    log,
    openSession: () => openSession(join(config.dataPath, 'session')),
    makeSocket: (session, version) =>
      parts.makeSocket(session, version, (key) => sent.message(key.id)),
    latestVersion: parts.latestVersion,
    onQr: parts.onQr,
    onEvents: (events, socket) => {
      for (const { key } of events['messages.upsert']?.messages ?? [])
        for (const jid of [key?.remoteJid, key?.remoteJidAlt])
          if (jid?.endsWith('@s.whatsapp.net'))
            sender.know(jid);
      listener.take(events, socket);
    },
  });
  const sender = new Sender({ config, connection, sent, log });
  const server = makeServer({
    config, log,
    send: (body) => sender.send(body),
    health: () => healthOf(config, connection, spool, courier),
  });

  server.listen(config.port, config.host);
  await once(server, 'listening');
  courier.start();
  await connection.start();
  return {
    port: server.address().port,
    async stop() {
      await connection.stop();
      await listener.stop();
      await courier.stop();
      server.close();
      server.closeIdleConnections?.();
      server.closeAllConnections?.();
    },
  };
}

function healthOf(config, connection, spool, courier) {
  return {
    ok: true,
    session: config.session,
    connection: connection.state,
    spool: {
      waiting: spool.size,
      bytes: spool.bytes,
      oldest_s: spool.ageSeconds,
      rejected: spool.rejectedSize,
    },
    engine: courier.problem === '' ? 'ok' : courier.problem,
  };
}

async function fetchMedia(note, signal, socket, openMedia, config) {
  const message = proto.WebMessageInfo.decode(
    Buffer.from(note.message, 'base64'));
  let timer;
  const late = new Promise((_, reject) => {
    const give = (words) => () => reject(new Error(words));
    timer = setTimeout(give('it takes too long'), downloadTimeoutMs);
    signal.addEventListener('abort', give('the sidecar ends'), { once: true });
  });
  const read = (async () => readAtMost(await openMedia(message, socket),
                                       config.mediaBytesMax))();
  try {
    return await Promise.race([read, late]);
  } finally {
    clearTimeout(timer);
    read.catch(() => {});
    late.catch(() => {});
  }
}

/** Files that WhatsApp keeps no longer are asked for at the sender's phone. */
function openWhatsAppMedia(message, socket) {
  return downloadMediaMessage(message, 'stream', {}, socket ? {
    logger: silentLibraryLog,
    reuploadRequest: (one) => socket.updateMediaMessage(one),
  } : undefined);
}
