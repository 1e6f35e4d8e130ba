import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Refusal, messageIdOf, parseSending } from '../src/outgoing.js';
import { textTo } from '../support/fakes.js';

const limits = { session: 'main', mediaBytesMax: 1000 };
const jid = '15551234567@s.whatsapp.net';
const key = { remoteJid: jid, fromMe: true, id: '3EB0A' };
const bytes = Buffer.from('some bytes');
const base64 = bytes.toString('base64');
const parse = (messageContent, more) =>
  parseSending({ ...textTo('k'), messageContent, ...more }, limits);

test('what is asked for becomes what Baileys sends', () => {
  const rows = [
    [{ text: 'Hi' }, { text: 'Hi' }],
    [{ text: 'Hi', mentions: [jid] }, { text: 'Hi', mentions: [jid] }],
    [{ image: base64, caption: 'c', mimetype: 'image/jpeg' },
     { image: bytes, caption: 'c', mimetype: 'image/jpeg' }],
    [{ video: base64, mimetype: 'video/mp4' },
     { video: bytes, mimetype: 'video/mp4' }],
    [{ audio: base64, mimetype: 'audio/ogg; codecs=opus', ptt: true },
     { audio: bytes, mimetype: 'audio/ogg; codecs=opus', ptt: true }],
    [{ document: base64, mimetype: 'application/pdf', fileName: 'a.pdf' },
     { document: bytes, mimetype: 'application/pdf', fileName: 'a.pdf' }],
    [{ sticker: base64, caption: 'none has one' }, { sticker: bytes }],
    [{ image: { url: 'https://example.com/a.png' } },
     { image: { url: 'https://example.com/a.png' } }],
    [{ react: { text: '👍', key } }, { react: { text: '👍', key } }],
    [{ react: { text: '', key } }, { react: { text: '', key } }],
    [{ delete: key }, { delete: key }],
    [{ text: 'new', edit: key }, { text: 'new', edit: key }],
    [{ location: { degreesLatitude: 1, degreesLongitude: 2 } },
     { location: { degreesLatitude: 1, degreesLongitude: 2 } }],
  ];
  for (const [from, to] of rows)
    assert.deepEqual(parse(from).content, to);
});

test('a quoted message is what Baileys wants of it', () => {
  const quoted = { key: { id: '3EB0Q', fromMe: false },
                   message: { conversation: 'Earlier' } };
  assert.deepEqual(parse({ text: 'Hi' }, { quoted }).quoted, {
    key: { remoteJid: jid, fromMe: false, id: '3EB0Q' },
    message: { conversation: 'Earlier' },
  });
});

test('addresses are checked', () => {
  assert.equal(parse({ text: 'x' }, { jid: '15551234567@c.us' }).jid, jid);
  for (const good of ['225123456789012@lid', '120363040000000000@g.us',
                      '15551234567-1400000000@g.us'])
    assert.equal(parse({ text: 'x' }, { jid: good }).jid, good);
  for (const bad of ['status@broadcast', '1@newsletter', 'x', '', null,
                     '../x@lid', '15551234567'])
    assert.throws(() => parse({ text: 'x' }, { jid: bad }), { status: 400 });
});

test('what is wrong is refused', () => {
  const rows = [
    [400, { }], [400, { text: '' }], [400, { text: 7 }],
    [400, { text: 'x'.repeat(65537) }], [400, { image: 'no base64!' }],
    [400, { image: '' }], [400, { image: { url: '/etc/passwd' } }],
    [400, { image: { url: 'file:///etc/passwd' } }],
    [400, { image: base64, mimetype: 'a/b\r\nx: y' }],
    [400, { delete: {} }], [400, { react: { text: 'x' } }],
    [400, { location: { degreesLatitude: 91, degreesLongitude: 0 } }],
    [413, { image: Buffer.alloc(1001).toString('base64') }],
  ];
  for (const [status, from] of rows)
    assert.throws(() => parse(from), (error) => {
      assert.ok(error instanceof Refusal);
      assert.equal(error.status, status, JSON.stringify(from).slice(0, 80));
      return true;
    });
  assert.throws(() => parseSending([], limits), { status: 400 });
  assert.throws(() => parse({ text: 'x' }, { idempotencyKey: '' }),
                { status: 400 });
  assert.throws(() => parse({ text: 'x' }, { session: 'other' }),
                { status: 404, code: 'unknown_session' });
});

test("a message's id comes of its key", () => {
  const id = messageIdOf('main', 'out-1');
  assert.match(id, /^3EB0[0-9A-F]{18}$/);
  assert.equal(messageIdOf('main', 'out-1'), id);
  assert.notEqual(messageIdOf('main', 'out-2'), id);
  assert.notEqual(messageIdOf('other', 'out-1'), id);
});
