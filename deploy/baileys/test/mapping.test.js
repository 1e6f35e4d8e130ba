import assert from 'node:assert/strict';
import { test } from 'node:test';

import { proto } from '../src/library.js';
import {
  ToldChanges, mapConnection, mapReaction, mapReceipt, mapUpdate, mapUpsert,
} from '../src/mapping.js';
import { plain } from '../src/plain.js';
import {
  ana, anaLid, image, moment, received, report, voice,
} from '../support/messages.js';

const told = (...messages) =>
  mapUpsert({ type: 'notify', messages }, new ToldChanges());
const only = (message) => {
  const out = told(message);
  assert.equal(out.length, 1);
  assert.equal(out[0].data.messages.length, 1);
  // What is told is JSON: nothing changes on the way.
  assert.deepEqual(JSON.parse(JSON.stringify(out[0])), out[0]);
  return { ...out[0], item: out[0].data.messages[0] };
};

test('a text is told with its key, time and name', () => {
  const { event, data, item } = only(received({ conversation: 'Hi' },
                                              { key: { id: '3EB0A' } }));
  assert.equal(event, 'messages.upsert');
  assert.equal(data.type, 'notify');
  assert.deepEqual(item, {
    key: { remoteJid: ana, fromMe: false, id: '3EB0A' },
    messageTimestamp: moment, pushName: 'Ana', message: { conversation: 'Hi' },
  });
});

test('an extended text keeps what it quotes and whom it names', () => {
  const { item } = only(received({ extendedTextMessage: {
    text: '@15550001111 help',
    contextInfo: { stanzaId: '3EB0Q', participant: '15550001111@s.whatsapp.net',
                   quotedMessage: { conversation: 'Earlier' },
                   mentionedJid: ['15550001111@s.whatsapp.net'] },
  } }));
  const { text, contextInfo } = item.message.extendedTextMessage;
  assert.equal(text, '@15550001111 help');
  assert.equal(contextInfo.stanzaId, '3EB0Q');
  assert.equal(contextInfo.quotedMessage.conversation, 'Earlier');
  assert.deepEqual(contextInfo.mentionedJid, ['15550001111@s.whatsapp.net']);
});

test('an image is noted for download and loses keys and thumbnails', () => {
  const { item, media } = only(received(image(), { key: { id: '3EB0I' } }));
  assert.deepEqual(item.message.imageMessage, {
    mimetype: 'image/jpeg', caption: 'broken', fileLength: '105120',
    height: 960, width: 1280,
  });
  const [{ message, ...note }] = media;
  assert.deepEqual(note, { id: '3EB0I', mimetype: 'image/jpeg',
                           fileName: 'image.jpg', size: 105120 });
  const kept = proto.WebMessageInfo.decode(Buffer.from(message, 'base64'));
  assert.equal(kept.message.imageMessage.directPath, '/v/t62');
  assert.deepEqual(Buffer.from(kept.message.imageMessage.mediaKey),
                   Buffer.alloc(32, 1));
});

test('files are named', () => {
  const rows = [
    [{ documentWithCaptionMessage: { message: report } }, 'log.pdf', 30122],
    [voice, 'voice.ogg', 900],
    [image({ mimetype: 'image/x-odd' }), 'image', 105120],
    [{ ephemeralMessage: { message: image() } }, 'image.jpg', 105120],
    [{ viewOnceMessage: { message: image() } }, 'image.jpg', 105120],
    [{ viewOnceMessageV2: { message: image() } }, 'image.jpg', 105120],
  ];
  for (const [message, name, size] of rows) {
    const { media } = only(received(message));
    assert.equal(media[0].fileName, name);
    assert.equal(media[0].size, size);
  }
});

test('wrappers stay as they are, for the engine reads them', () => {
  const { item } = only(received(
    { documentWithCaptionMessage: { message: report } }));
  assert.equal(item.message.documentWithCaptionMessage.message.documentMessage
    .caption, 'see');
});

test('places, contact cards and choices are told', () => {
  const place = { degreesLatitude: 40.4, degreesLongitude: -3.7, name: 'Here' };
  assert.deepEqual(only(received({ locationMessage: place })).item.message,
                   { locationMessage: place });
  const card = { displayName: 'B', vcard: 'BEGIN:VCARD\nEND:VCARD' };
  assert.deepEqual(only(received({ contactMessage: card })).item.message,
                   { contactMessage: card });
  const choice = { selectedButtonId: 'yes', selectedDisplayText: 'Yes' };
  const { message } = only(received({ buttonsResponseMessage: choice })).item;
  assert.equal(message.buttonsResponseMessage.selectedButtonId, 'yes');
});

test('numbers of 64 bits become texts', () => {
  const { item } = only(received({ reactionMessage: {
    key: { remoteJid: ana, fromMe: true, id: '3EB0T' }, text: '👍',
    senderTimestampMs: 1749416399000,
  } }));
  assert.deepEqual(item.message.reactionMessage, {
    key: { remoteJid: ana, fromMe: true, id: '3EB0T' }, text: '👍',
    senderTimestampMs: '1749416399000',
  });
  assert.equal(plain({ low: -1, high: -1, unsigned: false }), '-1');
  assert.equal(plain({ low: -1, high: -1, unsigned: true }),
               '18446744073709551615');
  assert.equal(plain({ type: 'Buffer', data: [104, 105] }), 'aGk=');
});

test('a revoke and an edit are told once, as messages', () => {
  const changes = new ToldChanges();
  const target = { remoteJid: ana, fromMe: false, id: '3EB0T' };
  const revoke = received({ protocolMessage: { key: target, type: 0 } });
  const edit = received({ protocolMessage: {
    key: target, type: 14, editedMessage: { conversation: 'fixed' },
    timestampMs: 1749416399000,
  } });
  const out = mapUpsert({ type: 'notify', messages: [revoke, edit] }, changes);
  const [first, second] = out[0].data.messages;
  assert.equal(first.message.protocolMessage.key.id, '3EB0T');
  assert.equal(first.message.protocolMessage.type, 'REVOKE');
  assert.equal(second.message.protocolMessage.type, 'MESSAGE_EDIT');
  assert.equal(second.message.protocolMessage.editedMessage.conversation,
               'fixed');
  // The events that Baileys makes of them.
  const updates = [
    { key: target, update: { message: null, messageStubType: 1 } },
    { key: target, update: { message: { editedMessage: {
      message: { conversation: 'fixed' } } } } },
  ];
  assert.deepEqual(mapUpdate(updates, changes), []);
  const [alone] = mapUpdate(updates, new ToldChanges());
  assert.deepEqual(alone.data[0].update, { messageStubType: 1, message: null });
  assert.equal(alone.data[1].update.message.editedMessage.message.conversation,
               'fixed');
});

test('a REVOKE that is the default of its field is told all the same', () => {
  const { item } = only(received({ protocolMessage: {
    key: { remoteJid: ana, id: '3EB0T' } } }));
  assert.equal(item.message.protocolMessage.key.id, '3EB0T');
  assert.equal(item.message.protocolMessage.type, 'REVOKE');
});

test('both names of a chat are kept', () => {
  const { item } = only(received({ conversation: 'Hi' }, { key: {
    remoteJid: anaLid, remoteJidAlt: ana, addressingMode: 'lid' } }));
  assert.equal(item.key.remoteJid, anaLid);
  assert.equal(item.key.remoteJidAlt, ana);
});

test('noise is not told', () => {
  const rows = {
    'our own': received({ conversation: 'x' }, { key: { fromMe: true } }),
    'a status': received({ conversation: 'x' },
                         { key: { remoteJid: 'status@broadcast' } }),
    'a channel': received({ conversation: 'x' },
                          { key: { remoteJid: '1@newsletter' } }),
    'not readable yet': received(undefined, { messageStubType: 2 }),
    'talk of devices': received({ protocolMessage: { type: 5 } }),
    'a vote': received({ pollUpdateMessage: {} }),
    'keys only': received({ senderKeyDistributionMessage: { groupId: 'x' } }),
  };
  for (const [name, message] of Object.entries(rows))
    assert.deepEqual(told(message), [], name);
});

test('texts go together, a file alone, in their order', () => {
  const texts = Array.from({ length: 60 },
                           (_, n) => received({ conversation: String(n) }));
  const out = told(...texts, received(image()), received({ conversation: 'z' }));
  assert.deepEqual(out.map(({ data, media }) =>
    [data.messages.length, Boolean(media)]),
    [[50, false], [10, false], [1, true], [1, false]]);
});

test('states of our messages are told, and with them the reason', () => {
  const key = { remoteJid: ana, fromMe: true, id: '3EB0S' };
  assert.deepEqual(mapUpdate([
    { key, update: { status: 3, messageTimestamp: moment } },
    { key, update: { status: 0, messageStubParameters: ['463'] } },
    { key: { ...key, fromMe: false }, update: { status: 3 } },
    { key, update: { pollUpdates: [{}] } },
  ], new ToldChanges()), [{ event: 'messages.update', data: [
    { key, update: { status: 3, messageTimestamp: moment } },
    { key, update: { status: 0, messageStubParameters: ['463'] } },
  ] }]);
});

test('a reaction is told once', () => {
  const message = received({ reactionMessage: {
    key: { remoteJid: ana, fromMe: true, id: '3EB0T' }, text: '👍' } });
  const event = { key: { remoteJid: ana, fromMe: true, id: '3EB0T' },
                  reaction: { ...message.message.reactionMessage,
                              key: message.key } };
  const [alone] = mapReaction([event], new ToldChanges());
  assert.equal(alone.data[0].reaction.key.id, message.key.id);
  assert.equal(alone.data[0].reaction.text, '👍');
  const changes = new ToldChanges();
  mapUpsert({ type: 'notify', messages: [message] }, changes);
  assert.deepEqual(mapReaction([event], changes), []);
});

test('receipts of groups are told', () => {
  const key = { remoteJid: '120363040000000000@g.us', fromMe: true, id: '3EB0' };
  const receipt = { userJid: ana, readTimestamp: moment };
  assert.deepEqual(mapReceipt([{ key, receipt }]),
    [{ event: 'message-receipt.update', data: [{ key, receipt }] }]);
});

test('the line is told without the code that pairs', () => {
  const error = Object.assign(new Error('x'), { output: { statusCode: 401 } });
  const [closed] = mapConnection({ connection: 'close',
                                   lastDisconnect: { error } });
  assert.equal(closed.data.lastDisconnect.error.output.statusCode, 401);
  assert.deepEqual(mapConnection({ qr: '2@secret' })[0].data, { qr: true });
  assert.deepEqual(mapConnection({ isOnline: true }), []);
});
