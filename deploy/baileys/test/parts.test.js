import assert from 'node:assert/strict';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { ConfigError, readConfig } from '../src/config.js';
import { afterClose } from '../src/connection.js';
import { proto } from '../src/library.js';
import { SentStore } from '../src/sent.js';
import { openSession } from '../src/session.js';
import { Spool, SpoolFull } from '../src/spool.js';
import { apiKey, temporaryFolder } from '../support/fakes.js';

test('settings have defaults and limits', () => {
  const config = readConfig({ BAILEYS_API_KEY: apiKey });
  assert.equal(config.engineUrl, 'http://127.0.0.1:8080');
  assert.equal(config.host, '127.0.0.1');
  const wrong = [
    { BAILEYS_API_KEY: 'short' }, { BAILEYS_PORT: '70000' },
    { BAILEYS_ENGINE_URL: 'ftp://x' }, { BAILEYS_SESSION: '../x' },
    { BAILEYS_ENGINE_URL: 'http://user:word@x' }, { BAILEYS_MEDIA_MIB: '0' },
    { BAILEYS_CHECK_NUMBERS: 'maybe' }, { BAILEYS_LOG_LEVEL: 'loud' },
  ];
  for (const one of wrong)
    assert.throws(() => readConfig({ BAILEYS_API_KEY: apiKey, ...one }),
                  ConfigError, Object.keys(one)[0]);
});

test('what follows the end of a connection', () => {
  const rows = [
    // status, failures, state, forgets, delay in ms
    [401, 1, 'logged_out', true, 1000],
    [411, 1, 'logged_out', true, 1000],
    [403, 1, 'logged_out', false, 3_600_000],
    [408, 1, 'connecting', false, 1000],
    [408, 4, 'connecting', false, 8000],
    [408, 99, 'connecting', false, 60_000],
    [428, 1, 'connecting', false, 1000],
    [503, 2, 'connecting', false, 2000],
    [440, 1, 'connecting', false, 60_000],
    [440, 9, 'connecting', false, 900_000],
    [500, 4, 'connecting', false, 8000],
    [500, 5, 'logged_out', true, 1000],
    [515, 1, 'connecting', false, 0],
    [515, 4, 'connecting', false, 8000],
  ];
  for (const [status, failures, state, forgets, delayMs] of rows) {
    const next = afterClose(status, failures);
    assert.deepEqual([next.state, next.forgets, next.delayMs],
                     [state, forgets, delayMs], `${status} ${failures}`);
  }
  assert.ok(afterClose(405, 1).asksVersion);
});

test('the spool keeps its order over a restart', async (t) => {
  const folder = await temporaryFolder(t);
  const before = new Spool(folder, 10_000);
  await before.open();
  for (const n of [1, 2, 3])
    await before.add({ n });
  await before.removeFirst();
  await writeFile(join(folder, '0000000000000009.json.1.2.tmp'), 'half');

  const after = new Spool(folder, 10_000);
  await after.open();
  await after.add({ n: 4 });
  const seen = [];
  for (let one = await after.first(); one; one = await after.first()) {
    seen.push(one.n);
    await after.removeFirst();
  }
  assert.deepEqual(seen, [2, 3, 4]);
  assert.deepEqual(await readdir(folder), ['rejected']);
});

test('the spool is bounded, and what is unreadable is put aside', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, '0000000000000001.json'), '{"n":');
  const spool = new Spool(folder, 30);
  await spool.open();
  await spool.add({ n: 2 });
  await assert.rejects(spool.add({ text: 'x'.repeat(40) }), SpoolFull);
  assert.deepEqual(await spool.first(), { n: 2 });
  assert.equal(spool.rejectedSize, 1);
});

test('what was sent is remembered for a day, also on disk', async (t) => {
  const folder = await temporaryFolder(t);
  let now = 1_000_000;
  const result = { key: { id: '3EB0A' }, messageTimestamp: 5 };
  const before = new SentStore(folder, () => now);
  await before.open();
  await before.add('out-1', result, proto.Message.create(
    { conversation: 'Hi' }));

  const after = new SentStore(folder, () => now);
  await after.open();
  assert.deepEqual(after.find('out-1'), result);
  assert.equal((await after.message('3EB0A')).conversation, 'Hi');
  assert.equal(after.find('out-2'), null);
  assert.equal(await after.message('3EB0B'), undefined);

  now += 24 * 3600 * 1000 + 1;
  assert.equal(after.find('out-1'), null);
  await after.add('out-2', { key: { id: '3EB0B' } }, null);
  assert.equal((await readdir(folder)).length, 1);
});

test('a pairing comes back as it was, and only its owner reads it',
     async (t) => {
  const folder = join(await temporaryFolder(t), 'session');
  const before = await openSession(folder);
  assert.equal(before.isPaired(), false);
  before.state.creds.me = { id: '1@s.whatsapp.net' };
  await before.saveCreds();
  const value = { a: Buffer.from([1, 2]), b: new Uint8Array([3]) };
  await before.state.keys.set({ session: { 'x:1/..': value, gone: value } });
  await before.state.keys.set({ session: { gone: null } });
  await before.state.keys.set({ 'app-state-sync-key': {
    k: proto.Message.AppStateSyncKeyData.create({ timestamp: 5 }) } });

  const after = await openSession(folder);
  assert.equal(after.isPaired(), true);
  assert.deepEqual(Buffer.from(after.state.creds.noiseKey.private),
                   Buffer.from(before.state.creds.noiseKey.private));
  const found = await after.state.keys.get('session', ['x:1/..', 'gone']);
  assert.deepEqual(Buffer.from(found['x:1/..'].a), Buffer.from([1, 2]));
  assert.equal(found.gone, null);
  const keys = await after.state.keys.get('app-state-sync-key', ['k']);
  assert.ok(keys.k instanceof proto.Message.AppStateSyncKeyData);
  for (const name of await readdir(folder))
    assert.equal((await stat(join(folder, name))).mode & 0o077, 0);

  await after.setAside();
  assert.equal((await openSession(folder)).isPaired(), false);
});
