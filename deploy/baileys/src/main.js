/** The sidecar's process: settings, the real Baileys, signals. */
import { createRequire } from 'node:module';

import { ConfigError, readConfig } from './config.js';
import {
  fetchLatestWaWebVersion, makeCacheableSignalKeyStore, makeWASocket,
} from './library.js';
import { makeLog, silenceConsole, silentLibraryLog, wordsOf } from './log.js';
import { isSilentJid } from './mapping.js';
import { startService } from './service.js';

const qrCode = createRequire(import.meta.url)('qrcode-terminal');

function makeSocket(session, version, getMessage) {
  const { creds, keys } = session.state;
  return makeWASocket({
    auth: { creds, keys: makeCacheableSignalKeyStore(keys, silentLibraryLog) },
    logger: silentLibraryLog,
    getMessage,
    shouldIgnoreJid: (jid) => isSilentJid(jid),
    // The engine knows what was before; old chats are none of its business.
    syncFullHistory: false,
    shouldSyncHistoryMessage: () => false,
    // The phone goes on ringing for what comes in.
    markOnlineOnConnect: false,
    generateHighQualityLinkPreview: false,
    ...(version ? { version } : {}),
  });
}

async function latestVersion() {
  const { version, isLatest } = await fetchLatestWaWebVersion({
    signal: AbortSignal.timeout(10_000),
  });
  return isLatest ? version : null;
}

function showQr(code) {
  qrCode.generate(code, { small: true }, (picture) => process.stdout.write(
    'Scan this with the phone: WhatsApp > Settings > Linked devices > '
    + `Link a device\n${picture}\n`));
}

async function main() {
  silenceConsole();
  const config = readConfig(process.env);
  const log = makeLog(config.logLevel);
  process.umask(0o077);
  process.on('unhandledRejection', (error) =>
    log.error(`unexpected: ${wordsOf(error)}`));
  process.on('uncaughtException', (error) => {
    log.error(`fatal: ${wordsOf(error)}`);
    process.exit(1);
  });
  const service = await startService(
    config, { makeSocket, latestVersion, onQr: showQr }, log);
  log.info(`listening on ${config.host}:${service.port}, `
    + `the engine is at ${config.engineUrl}`);
  let isStopping = false;
  const stop = async () => {
    if (isStopping)
      process.exit(1);
    isStopping = true;
    await service.stop();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

main().catch((error) => {
  const words = error instanceof ConfigError ? error.message : wordsOf(error);
  process.stderr.write(`cannot start: ${words}\n`);
  process.exit(1);
});
