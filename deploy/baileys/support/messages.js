import { proto } from '../src/library.js';

export const ana = '15551234567@s.whatsapp.net';
export const anaLid = '225123456789012@lid';
export const moment = 1749416383;

let count = 0;

/** A message as Baileys hands it over: the library's own type. */
export function received(message, { key = {}, ...more } = {}) {
  const { remoteJidAlt, participantAlt, addressingMode, ...plainKey } = key;
  const out = proto.WebMessageInfo.fromObject({
    key: { remoteJid: ana, fromMe: false, id: `3EB0${++count}`, ...plainKey },
    messageTimestamp: moment, pushName: 'Ana', message, ...more,
  });
  // These are Baileys' own and not WhatsApp's.
  const extra = { remoteJidAlt, participantAlt, addressingMode };
  for (const [name, value] of Object.entries(extra))
    if (value)
      out.key[name] = value;
  return out;
}

const hidden = {
  url: 'https://mmg.whatsapp.net/v/t62', directPath: '/v/t62',
  mediaKey: Buffer.alloc(32, 1), fileSha256: Buffer.alloc(32, 2),
  fileEncSha256: Buffer.alloc(32, 3),
};

export const image = (more = {}) => ({ imageMessage: {
  ...hidden, mimetype: 'image/jpeg', caption: 'broken', fileLength: 105120,
  height: 960, width: 1280, jpegThumbnail: Buffer.alloc(500, 4), ...more,
} });

export const report = { documentMessage: {
  ...hidden, mimetype: 'application/pdf', title: 'log', fileName: 'log.pdf',
  fileLength: 30122, pageCount: 2, caption: 'see',
} };

export const voice = { audioMessage: {
  ...hidden, mimetype: 'audio/ogg; codecs=opus', seconds: 3, ptt: true,
  fileLength: 900,
} };
