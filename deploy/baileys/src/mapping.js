/**
 * From Baileys' events to what the engine is told (`POST /webhook/baileys`).
 * Pure: nothing is fetched, read or written here.
 */
import { getContentType, normalizeMessageContent, proto } from './library.js';
import { numberOf, plain } from './plain.js';

/**
 * One call to the engine, without what is the same in each.
 *
 * @typedef {object} Told
 * @property {string} event
 * @property {any} data plain JSON
 * @property {MediaNote[]} [media] files to be fetched before it leaves
 *
 * @typedef {object} MediaNote
 * @property {string} id of the message
 * @property {string} message the WebMessageInfo, serialized, in base64
 * @property {string} mimetype
 * @property {string} fileName
 * @property {number} size in bytes, as the sender says; 0: not told
 */

const messagesMax = 50;
const fileTypes = new Map([
  ['imageMessage', 'image'], ['videoMessage', 'video'], ['ptvMessage', 'video'],
  ['audioMessage', 'audio'], ['documentMessage', 'document'],
  ['stickerMessage', 'sticker'],
]);
const endings = new Map([
  ['image/jpeg', 'jpg'], ['image/png', 'png'], ['image/webp', 'webp'],
  ['image/gif', 'gif'], ['video/mp4', 'mp4'], ['video/3gpp', '3gp'],
  ['audio/ogg', 'ogg'], ['audio/mp4', 'm4a'], ['audio/mpeg', 'mp3'],
  ['audio/aac', 'aac'], ['audio/amr', 'amr'], ['application/pdf', 'pdf'],
]);
const silentServers = ['broadcast', 'newsletter', 'bot'];
/** Those that change a message; the others are talk between devices. */
const toldProtocol = new Set([
  proto.Message.ProtocolMessage.Type.REVOKE,
  proto.Message.ProtocolMessage.Type.MESSAGE_EDIT,
]);

export function isSilentJid(jid) {
  return !jid || silentServers.includes(String(jid).split('@')[1] ?? '');
}

/**
 * Changes come twice: as a message that says so, and as an event made of that.
 * This remembers the former, so that the latter is told only on its own.
 */
export class ToldChanges {
  #names = new Set();

  add(name) {
    this.#names.delete(name);
    this.#names.add(name);
    const max = 5000;
    if (this.#names.size > max)
      this.#names.delete(this.#names.values().next().value);
  }

  has(name) {
    return this.#names.has(name);
  }
}

/**
 * `messages.upsert`. A message with a file goes alone, so that the file is all
 * that its call carries.
 *
 * @param {{messages: object[], type: string}} upsert
 * @param {ToldChanges} changes
 * @returns {Told[]}
 */
export function mapUpsert(upsert, changes) {
  const out = [];
  let group = null;
  for (const message of upsert.messages) {
    if (!isTold(message))
      continue;
    noteChange(message, changes);
    const note = mediaNote(message);
    const item = plainMessage(message);
    if (note) {
      group = null;
      out.push(upsertOf(upsert.type, [item], [note]));
    } else if (group && group.data.messages.length < messagesMax) {
      group.data.messages.push(item);
    } else {
      group = upsertOf(upsert.type, [item]);
      out.push(group);
    }
  }
  return out;
}

function upsertOf(type, messages, media) {
  const told = { event: 'messages.upsert', data: { type, messages } };
  return media ? { ...told, media } : told;
}

/** Own messages, noise and what cannot be read (yet) are not told. */
function isTold(message) {
  const { key } = message;
  if (!key?.id || key.fromMe || isSilentJid(key.remoteJid) || !message.message)
    return false;
  const content = normalizeMessageContent(message.message);
  const type = getContentType(content);
  if (!type || type === 'pollUpdateMessage' || type === 'keepInChatMessage')
    return false;
  return type !== 'protocolMessage'
    || toldProtocol.has(content.protocolMessage.type ?? 0);
}

function noteChange(message, changes) {
  const content = normalizeMessageContent(message.message);
  const { protocolMessage: change } = content;
  if (change?.key?.id)
    changes.add(`${change.editedMessage ? 'edit' : 'revoke'}:${change.key.id}`);
  if (content.reactionMessage)
    changes.add(`reaction:${message.key.id}`);
}

function plainMessage(message) {
  const out = {
    key: plainKey(message.key),
    messageTimestamp: numberOf(message.messageTimestamp),
    message: plainContent(message.message),
  };
  for (const name of ['pushName', 'verifiedBizName', 'broadcast'])
    if (message[name])
      out[name] = plain(message[name]);
  return out;
}

/** With Baileys' own members, which WhatsApp's type does not have. */
function plainKey(key) {
  const out = plain(key);
  for (const name of ['remoteJidAlt', 'participantAlt', 'addressingMode'])
    if (typeof key[name] === 'string')
      out[name] = key[name];
  return out;
}

/** A revoke is the default of its field, and so may not say what it is. */
function plainContent(message) {
  const { protocolMessage: change } = normalizeMessageContent(message);
  if (!change)
    return plain(message);
  const type = proto.Message.ProtocolMessage.Type[change.type ?? 0];
  return { protocolMessage: { ...plain(change), type } };
}

/** @returns {MediaNote | null} */
function mediaNote(message) {
  const content = normalizeMessageContent(message.message);
  const type = getContentType(content);
  const kind = fileTypes.get(type);
  const file = kind ? content[type] : null;
  if (!file || !(file.mediaKey?.length > 0))
    return null;
  // What the download needs, and no more.
  const kept = proto.WebMessageInfo.fromObject({
    key: { remoteJid: message.key.remoteJid, id: message.key.id,
           fromMe: false, participant: message.key.participant },
    message: content,
  });
  const mimetype = String(file.mimetype ?? '').slice(0, 200);
  return {
    id: message.key.id,
    message: Buffer.from(proto.WebMessageInfo.encode(kept).finish())
      .toString('base64'),
    mimetype,
    fileName: fileNameOf(file, kind, mimetype),
    size: numberOf(file.fileLength),
  };
}

function fileNameOf(file, kind, mimetype) {
  const given = file.fileName || (kind === 'document' ? file.title : '');
  if (given)
    return String(given).slice(0, 255);
  const ending = endings.get(mimetype.split(';')[0].trim().toLowerCase());
  const name = file.ptt ? 'voice' : kind;
  return ending ? `${name}.${ending}` : name;
}

/**
 * `messages.update`: how our messages fare, and changes that came on no other
 * way.
 *
 * @returns {Told[]}
 */
export function mapUpdate(updates, changes) {
  const data = [];
  for (const { key, update } of updates) {
    if (!key?.id || !update || isSilentJid(key.remoteJid))
      continue;
    if (key.fromMe ? hasStatus(update) : isNewChange(key, update, changes))
      data.push({ key: plainKey(key), update: plainUpdate(update) });
  }
  return toldOf('messages.update', data);
}

function hasStatus(update) {
  return update.status !== undefined && update.status !== null;
}

function isNewChange(key, update, changes) {
  if (update.message === null)
    return !changes.has(`revoke:${key.id}`);
  if (update.message?.editedMessage)
    return !changes.has(`edit:${key.id}`);
  return false;
}

function plainUpdate(update) {
  const out = {};
  for (const name of ['status', 'messageStubType', 'messageStubParameters',
                      'message'])
    if (update[name] !== undefined)
      out[name] = plain(update[name]);
  if (update.messageTimestamp)
    out.messageTimestamp = numberOf(update.messageTimestamp);
  return out;
}

/** `messages.reaction`. @returns {Told[]} */
export function mapReaction(reactions, changes) {
  const data = [];
  for (const { key, reaction } of reactions)
    if (key?.id && reaction && !reaction.key?.fromMe
        && !isSilentJid(reaction.key?.remoteJid ?? key.remoteJid)
        && !changes.has(`reaction:${reaction.key?.id}`))
      data.push({ key: plainKey(key), reaction: plain(reaction) });
  return toldOf('messages.reaction', data);
}

/** `message-receipt.update`: in groups. @returns {Told[]} */
export function mapReceipt(receipts) {
  const data = [];
  for (const { key, receipt } of receipts)
    if (key?.id && key.fromMe && !isSilentJid(key.remoteJid))
      data.push({ key: plainKey(key), receipt: plain(receipt) });
  return toldOf('message-receipt.update', data);
}

function toldOf(event, data) {
  const out = [];
  for (let at = 0; at < data.length; at += messagesMax)
    out.push({ event, data: data.slice(at, at + messagesMax) });
  return out;
}

/**
 * `connection.update`, as far as it says how the line is. The code that pairs
 * is a secret: the engine learns only that there is one.
 *
 * @returns {Told[]}
 */
export function mapConnection(update) {
  const data = {};
  if (update.connection)
    data.connection = update.connection;
  if (update.qr)
    data.qr = true;
  if (update.connection === 'close')
    data.lastDisconnect = {
      error: { output: { statusCode: statusOf(update) } },
    };
  return Object.keys(data).length > 0
    ? [{ event: 'connection.update', data }]
    : [];
}

/** Why the connection ended, as a `DisconnectReason`; 428 when nobody says. */
export function statusOf(update) {
  const connectionClosed = 428;
  return numberOf(update.lastDisconnect?.error?.output?.statusCode)
    || connectionClosed;
}
