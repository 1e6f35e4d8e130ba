/**
 * The one place that imports Baileys. Node 18 has WebCrypto, but not as the
 * global that Baileys reads while it loads, so that comes first.
 */
import './webcrypto.js';

export {
  BufferJSON,
  DisconnectReason,
  downloadMediaMessage,
  fetchLatestWaWebVersion,
  getContentType,
  initAuthCreds,
  makeCacheableSignalKeyStore,
  makeWASocket,
  normalizeMessageContent,
  proto,
} from '@whiskeysockets/baileys';
