/**
 * From what the engine asks for (`POST /send`) to what Baileys sends. Pure but
 * for the files: those given by an address are fetched by whoever calls.
 */
import { createHash } from 'node:crypto';

/** The request is refused; the text is for people and repeats none of it. */
export class Refusal extends Error {
  /**
   * @param {number} status of HTTP
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const textMax = 65536;
const captionMax = 4096;
const keySizeMax = 256;
const idMax = 128;
const mentionsMax = 1024;
const files = ['image', 'video', 'audio', 'document', 'sticker'];
const jidForm = /^[0-9]{5,20}(:[0-9]{1,3})?@(s\.whatsapp\.net|lid)$/;
const groupForm = /^[0-9]{5,30}(-[0-9]{5,20})?@g\.us$/;
const mimeForm = /^[\w.+-]+\/[\w.+-]+( ?; ?[\w.+-]+=("[^"\r\n]*"|[\w.+,-]+))*$/;

/**
 * @typedef {object} Sending
 * @property {string} jid
 * @property {string} idempotencyKey
 * @property {object} content for `sendMessage`; a file is bytes or `{url}`
 * @property {string} [file] the member of `content` that is one
 * @property {object} [quoted] a WAMessage
 */

/**
 * @param {any} body
 * @param {{session: string, mediaBytesMax: number}} limits
 * @returns {Sending}
 */
export function parseSending(body, limits) {
  if (!isObject(body))
    invalid('the body is no JSON object');
  if (body.session !== undefined && body.session !== limits.session)
    throw new Refusal(404, 'unknown_session', 'this sidecar has another session');
  const jid = parseJid(body.jid);
  const idempotencyKey = parseText(body.idempotencyKey, 'idempotencyKey',
                                   keySizeMax);
  if (!isObject(body.messageContent))
    invalid('messageContent is missing');
  const out = { jid, idempotencyKey,
                ...parseContent(body.messageContent, limits, jid) };
  if (body.quoted !== undefined && body.quoted !== null)
    out.quoted = parseQuoted(body.quoted, jid);
  return out;
}

/** The same for every attempt, in the form that WhatsApp's own clients have. */
export function messageIdOf(session, idempotencyKey) {
  const digits = 18;
  return '3EB0' + createHash('sha256').update(`${session}\n${idempotencyKey}`)
    .digest('hex').slice(0, digits).toUpperCase();
}

function invalid(message) {
  throw new Refusal(400, 'invalid', message);
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseText(value, name, max, { mayBeEmpty = false } = {}) {
  if (typeof value !== 'string' || (!mayBeEmpty && value === ''))
    invalid(`${name} must be a text`);
  if (value.length > max)
    invalid(`${name} is longer than ${max} characters`);
  return value;
}

function parseJid(value) {
  if (typeof value !== 'string')
    invalid('jid is missing');
  const jid = value.replace(/@c\.us$/, '@s.whatsapp.net');
  if (!jidForm.test(jid) && !groupForm.test(jid))
    invalid('jid is no address of a person or a group');
  return jid;
}

function parseContent(from, limits, jid) {
  if (from.react !== undefined)
    return { content: { react: parseReaction(from.react, jid) } };
  if (from.delete !== undefined)
    return { content: { delete: parseKey(from.delete, 'delete', jid) } };
  if (from.edit !== undefined)
    return { content: { text: parseText(from.text, 'text', textMax),
                        edit: parseKey(from.edit, 'edit', jid) } };
  if (from.location !== undefined)
    return { content: { location: parseLocation(from.location) } };
  const file = files.find((name) => from[name] !== undefined);
  if (file)
    return { content: parseFile(from, file, limits), file };
  const content = { text: parseText(from.text, 'text', textMax) };
  if (from.mentions !== undefined)
    content.mentions = parseMentions(from.mentions);
  return { content };
}

function parseReaction(from, jid) {
  if (!isObject(from))
    invalid('react must be an object');
  return {
    text: parseText(from.text ?? '', 'react.text', idMax, { mayBeEmpty: true }),
    key: parseKey(from.key, 'react.key', jid),
  };
}

function parseLocation(from) {
  const { degreesLatitude, degreesLongitude } = isObject(from) ? from : {};
  const isDegrees = (value, most) => Number.isFinite(value)
    && Math.abs(value) <= most;
  if (!isDegrees(degreesLatitude, 90) || !isDegrees(degreesLongitude, 180))
    invalid('location must have degreesLatitude and degreesLongitude');
  return { degreesLatitude, degreesLongitude };
}

function parseMentions(from) {
  if (!Array.isArray(from) || from.length > mentionsMax)
    invalid(`mentions must be a list of at most ${mentionsMax}`);
  return from.map(parseJid);
}

function parseKey(from, name, jid) {
  if (!isObject(from))
    invalid(`${name} must be a message's key`);
  const key = {
    remoteJid: from.remoteJid === undefined ? jid : parseJid(from.remoteJid),
    fromMe: from.fromMe === true,
    id: parseText(from.id, `${name}.id`, idMax),
  };
  if (from.participant)
    key.participant = parseJid(from.participant);
  return key;
}

/** Baileys shows the words that come along, since it does not keep messages. */
function parseQuoted(from, jid) {
  if (!isObject(from))
    invalid('quoted must be a message');
  const key = parseKey(from.key, 'quoted.key', jid);
  const words = isObject(from.message)
    ? from.message.conversation ?? from.message.extendedTextMessage?.text
    : '';
  return { key, message: {
    conversation: parseText(words ?? '', 'quoted.message', textMax,
                            { mayBeEmpty: true }),
  } };
}

function parseFile(from, kind, { mediaBytesMax }) {
  const content = { [kind]: parseBytes(from[kind], mediaBytesMax) };
  if (from.mimetype !== undefined) {
    const type = parseText(from.mimetype, 'mimetype', 200);
    if (!mimeForm.test(type))
      invalid('mimetype is no media type');
    content.mimetype = type;
  }
  if (kind === 'document') {
    content.mimetype ??= 'application/octet-stream';
    content.fileName = from.fileName === undefined ? 'file'
      : parseText(from.fileName, 'fileName', 255);
  }
  if (from.caption && kind !== 'audio' && kind !== 'sticker')
    content.caption = parseText(from.caption, 'caption', captionMax);
  if (kind === 'audio') {
    content.mimetype ??= 'audio/ogg; codecs=opus';
    content.ptt = from.ptt === true;
  }
  return content;
}

/** Never a path: Baileys would send any file of this machine. */
function parseBytes(from, max) {
  if (isObject(from)) {
    let url;
    try {
      url = new URL(from.url);
    } catch {
      invalid('the file has neither bytes nor an address');
    }
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      invalid("the file's address must begin with https or http");
    return { url: url.href };
  }
  if (typeof from !== 'string' || from === '')
    invalid('the file has neither bytes nor an address');
  const size = Math.floor(from.replace(/={1,2}$/, '').length * 3 / 4);
  if (size > max)
    throw new Refusal(413, 'too_large', `the file has more than ${max} bytes`);
  const bytes = Buffer.from(from, 'base64');
  // What is no base64 has been left out.
  if (bytes.length !== size)
    invalid('the file is no base64');
  return bytes;
}
