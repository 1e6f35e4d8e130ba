import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';

import { apiKey, startWorld, textTo, until } from '../support/fakes.js';
import { ana, anaLid, image, received } from '../support/messages.js';

const upsert = (...messages) =>
  ({ 'messages.upsert': { type: 'notify', messages } });
const text = (words, more) => received({ conversation: words }, more);
const textsOf = (engine) => engine.taken('messages.upsert')
  .flatMap(({ data }) => data.messages)
  .map(({ message }) => message.conversation);

test('messages reach the engine in order, with the key and our names',
     async (t) => {
  const world = await startWorld(t);
  await world.socket().open();
  for (const words of ['one', 'two', 'three'])
    await world.socket().tell(upsert(text(words)));
  await until(() => textsOf(world.engine).length === 3);
  assert.deepEqual(textsOf(world.engine), ['one', 'two', 'three']);
  const [call] = world.engine.calls;
  assert.equal(call.path, '/webhook/baileys');
  assert.equal(call.key, apiKey);
  assert.equal(call.body.session, 'main');
  assert.deepEqual(call.body.me, world.me);
  assert.equal(call.body.data.connection, 'open');
});

test('nothing is lost while the engine is down, nor over a restart',
     async (t) => {
  const world = await startWorld(t);
  world.engine.answer = () => 503;
  await world.socket().open();
  await world.socket().tell(upsert(text('one')));
  await world.socket().tell(upsert(text('two')));
  await until(() => world.engine.calls.length >= 3);
  await until(async () => (await world.health()).spool.waiting === 3);
  assert.equal((await world.health()).engine, 'HTTP 503');
  await world.service.stop();

  world.engine.answer = () => 200;
  await world.start();
  await world.socket().tell(upsert(text('three')));
  await until(() => textsOf(world.engine).length === 3);
  assert.deepEqual(textsOf(world.engine), ['one', 'two', 'three']);
  await until(async () => (await world.health()).spool.waiting === 0);
  assert.equal((await world.health()).engine, 'ok');
});

test('what the engine refuses for good does not hold up the rest',
     async (t) => {
  const world = await startWorld(t);
  world.engine.answer = ({ body }) =>
    body.data.messages?.[0].message.conversation === 'bad' ? 400 : 200;
  await world.socket().tell(upsert(text('bad')));
  await world.socket().tell(upsert(text('good')));
  await until(() => textsOf(world.engine).length === 1);
  assert.deepEqual(textsOf(world.engine), ['good']);
  assert.equal((await world.health()).spool.rejected, 1);
  const kept = await readdir(join(world.folder, 'spool', 'rejected'));
  assert.equal(kept.length, 1);
});

test('a wrong key is nothing that an event is to blame for', async (t) => {
  const world = await startWorld(t);
  let status = 401;
  world.engine.answer = () => status;
  await world.socket().tell(upsert(text('one')));
  await until(() => world.engine.calls.length >= 3);
  status = 200;
  await until(() => textsOf(world.engine).length === 1);
  assert.equal((await world.health()).spool.rejected, 0);
});

test('a file comes along; one that cannot be had is named', async (t) => {
  const world = await startWorld(t, { openMedia: async (message) => {
    assert.ok(message.message.imageMessage.mediaKey.length > 0);
    if (message.message.imageMessage.caption === 'gone')
      throw new Error('gone');
    return Readable.from([Buffer.from('by'), Buffer.from('tes')]);
  } });
  const key = (id) => ({ key: { id } });
  await world.socket().tell(upsert(
    received(image(), key('A')),
    received(image({ caption: 'gone' }), key('B')),
    received(image({ fileLength: 99_000_000 }), key('C'))));
  await until(() => world.engine.taken('messages.upsert').length === 3);
  const [a, b, c] = world.engine.taken('messages.upsert');
  assert.deepEqual(a.media, { A: { mimetype: 'image/jpeg',
    fileName: 'image.jpg', size: 105120,
    base64: Buffer.from('bytes').toString('base64') } });
  assert.equal(b.media.B.base64, undefined);
  assert.equal(b.media.B.fileName, 'image.jpg');
  assert.equal(c.media.C.base64, undefined);
});

test('a file that is larger than it said is left out', async (t) => {
  let pulled = 0;
  const world = await startWorld(t, {
    env: { BAILEYS_MEDIA_MIB: '1' },
    openMedia: async () => Readable.from((function* chunks() {
      for (; pulled < 100; ++pulled)
        yield Buffer.alloc(512 * 1024);
    })(), { highWaterMark: 1 }),
  });
  await world.socket().tell(upsert(received(image(), { key: { id: 'A' } })));
  await until(() => world.engine.taken('messages.upsert').length === 1);
  assert.equal(world.engine.taken('messages.upsert')[0].media.A.base64,
               undefined);
  assert.ok(pulled < 10);
});

test('a call that is too large goes without its file', async (t) => {
  const world = await startWorld(t, {
    openMedia: async () => Readable.from([Buffer.from('bytes')]) });
  world.engine.answer = ({ body }) => body.media?.A?.base64 ? 413 : 200;
  await world.socket().tell(upsert(received(image(), { key: { id: 'A' } })));
  await until(() => world.engine.taken('messages.upsert').length === 1);
  assert.equal(world.engine.calls.length, 2);
});

test('a phone is added to a name that WhatsApp made up', async (t) => {
  const world = await startWorld(t);
  world.socket().phones.set(anaLid, '15551234567:2@s.whatsapp.net');
  await world.socket().tell(upsert(text('x', { key: { remoteJid: anaLid } })));
  await until(() => textsOf(world.engine).length === 1);
  const [{ data }] = world.engine.taken('messages.upsert');
  assert.equal(data.messages[0].key.remoteJidAlt, ana);
});

test('a message is sent once, however often it is asked for', async (t) => {
  const world = await startWorld(t);
  await world.socket().open();
  const first = await world.send(textTo('out-1'));
  assert.equal(first.status, 200);
  const { data } = await first.json();
  assert.match(data.key.id, /^3EB0[0-9A-F]{18}$/);
  assert.equal(data.key.fromMe, true);
  assert.equal(data.key.remoteJid, ana);
  assert.equal(data.messageTimestamp, 1749416400);
  const again = await world.send(textTo('out-1'));
  assert.deepEqual((await again.json()).data, data);
  assert.equal(world.socket().sent.length, 1);
  assert.deepEqual(world.socket().sent[0].options, { messageId: data.key.id });

  await world.service.stop();
  await world.start();
  await world.socket().open();
  const later = await world.send(textTo('out-1'));
  assert.deepEqual((await later.json()).data, data);
  assert.equal(world.socket().sent.length, 0);
});

test('while it is being sent it is not sent again', async (t) => {
  const world = await startWorld(t);
  await world.socket().open();
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  world.socket().beforeSend = () => held;
  const first = world.send(textTo('out-1'));
  await until(() => world.socket().sent.length === 1);
  const second = await world.send(textTo('out-1'));
  assert.equal(second.status, 409);
  assert.ok(second.headers.get('retry-after'));
  release();
  assert.equal((await first).status, 200);
  assert.equal(world.socket().sent.length, 1);
});

test('a failure leaves the key free, and the id the same', async (t) => {
  const world = await startWorld(t);
  await world.socket().open();
  world.socket().beforeSend = async () => { throw new Error('no answer'); };
  assert.equal((await world.send(textTo('out-1'))).status, 500);
  world.socket().beforeSend = async () => {};
  assert.equal((await world.send(textTo('out-1'))).status, 200);
  const [first, second] = world.socket().sent;
  assert.equal(first.options.messageId, second.options.messageId);
});

test('the answers that the engine goes by', async (t) => {
  const world = await startWorld(t);
  const check = async (status, code, body, headers) => {
    const answer = await world.send(body, headers);
    assert.equal(answer.status, status);
    assert.equal((await answer.json()).error.code, code);
  };
  await check(503, 'not_connected', textTo('a'));
  await world.socket().open();
  await check(401, 'unauthorized', textTo('a'), { 'x-api-key': 'wrong' });
  await check(400, 'invalid', '{"jid":');
  await check(400, 'invalid', textTo('a', ''));
  await check(404, 'unknown_session', textTo('a', 'x', { session: 'other' }));
  world.socket().absent.add(ana);
  await check(400, 'bad_recipient', textTo('a'));
  await check(413, 'too_large', ' '.repeat(24 * 1024 * 1024));
  assert.equal(world.socket().sent.length, 0);
});

test('numbers are looked up once, and not when they wrote', async (t) => {
  const world = await startWorld(t);
  await world.socket().open();
  await world.send(textTo('a'));
  await world.send(textTo('b'));
  assert.equal(world.socket().asked.length, 1);
  const other = '15557654321@s.whatsapp.net';
  await world.socket().tell(upsert(text('x', { key: { remoteJid: other } })));
  await world.send(textTo('c', 'x', { jid: other }));
  assert.equal(world.socket().asked.length, 1);
  assert.equal(world.socket().sent.length, 3);
});

test('logged out: the pairing is put aside, the engine is told', async (t) => {
  const world = await startWorld(t);
  await world.session.saveCreds();
  await world.socket().open();
  world.me = undefined;
  await world.socket().close(401);
  const answer = await world.send(textTo('a'));
  assert.equal(answer.status, 404);
  const { error } = await answer.json();
  assert.equal(error.code, 'logged_out');
  await until(() => world.sockets.length === 2);
  assert.equal(world.session.isPaired(), false);
  assert.ok((await readdir(world.folder)).some((name) => /\.old$/.test(name)));

  await world.socket().tell({ 'connection.update': { connection: 'connecting' } });
  await world.socket().tell({ 'connection.update': { qr: '2@secret' } });
  await world.socket().tell({ 'connection.update': { qr: '2@other' } });
  assert.deepEqual(world.codes, ['2@secret', '2@other']);
  await until(() => world.engine.taken('connection.update').length === 3);
  assert.deepEqual(
    world.engine.taken('connection.update').map(({ data }) =>
      data.lastDisconnect?.error.output.statusCode ?? data.connection
        ?? data.qr),
    ['open', 401, true]);
  assert.equal((await world.health()).connection, 'logged_out');
  assert.ok(!JSON.stringify([world.engine.calls, world.lines])
    .includes('2@'));
});

test('a lost connection is made again', async (t) => {
  const world = await startWorld(t);
  await world.socket().open();
  await world.socket().close(515);
  await until(() => world.sockets.length === 2);
  assert.equal((await world.health()).connection, 'connecting');
  await world.socket().open();
  assert.equal((await world.health()).connection, 'open');
  assert.equal((await world.send(textTo('a'))).status, 200);
});

test('health needs no key and tells no secret', async (t) => {
  const world = await startWorld(t);
  const answer = await fetch(`http://127.0.0.1:${world.port}/healthz`);
  assert.equal(answer.status, 200);
  const body = await answer.text();
  assert.ok(!body.includes(apiKey));
  assert.equal(JSON.parse(body).ok, true);
  assert.equal((await fetch(`http://127.0.0.1:${world.port}/send`)).status, 405);
  assert.equal((await fetch(`http://127.0.0.1:${world.port}/x`)).status, 404);
});

test('the log holds neither texts nor numbers', async (t) => {
  const world = await startWorld(t);
  await world.socket().open();
  world.engine.answer = () => 400;
  await world.socket().tell(upsert(text('a private matter')));
  world.socket().beforeSend = async () => { throw new Error('no'); };
  await world.send(textTo('a', 'another one'));
  await until(() => world.engine.calls.length >= 2);
  const lines = world.lines.join('');
  for (const secret of ['private', 'another', '15551234567', apiKey])
    assert.ok(!lines.includes(secret), secret);
});
