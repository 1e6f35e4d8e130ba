// Holds the workflows against what n8n imports and what Switchboard takes and
// sends: their shape, and what their code makes of real calls.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('./', import.meta.url);
const load = (name) =>
  JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const workflows = new Map(names.map((name) => [name, load(name)]));
const nodeOf = (file, name) =>
  workflows.get(file).nodes.find((node) => node.name === name);

const versions = {
  'n8n-nodes-base.webhook': 2, 'n8n-nodes-base.code': 2,
  'n8n-nodes-base.httpRequest': 4.2, 'n8n-nodes-base.if': 2,
};
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Every text in a value. */
function* texts(value) {
  if (typeof value === 'string')
    yield value;
  else if (value && typeof value === 'object')
    for (const one of Object.values(value))
      yield* texts(one);
}

/** Runs a Code node as n8n does for one item. */
function runCode(file, name, json, before = {}) {
  const { jsCode } = nodeOf(file, name).parameters;
  const at = (node) => ({ item: { json: before[node] } });
  return new Function('$json', '$', jsCode)(json, at).json;
}

/** What an expression makes of an item. */
function evaluate(text, json) {
  const [, inner] = /^=\{\{(.*)\}\}$/s.exec(text);
  return new Function('$json', `return (${inner});`)(json);
}

const formOf = (item) => Object.fromEntries(new URLSearchParams(item.form));

test('all three workflows are there', () => {
  assert.deepEqual(names.sort(), ['ticket-created-to-whatsapp.json',
    'whatsapp-bridge.json', 'whatsapp-reply-to-ticket.json']);
});

for (const [file, flow] of workflows) {
  test(`${file}: nodes have names of their own and pinned versions`, () => {
    const seen = new Set(flow.nodes.map(({ name }) => name));
    assert.equal(seen.size, flow.nodes.length);
    assert.equal(new Set(flow.nodes.map(({ id }) => id)).size,
                 flow.nodes.length);
    for (const node of flow.nodes) {
      assert.equal(node.typeVersion, versions[node.type], node.name);
      assert.match(node.id, uuid);
      assert.equal(node.position.length, 2);
      if (node.type.endsWith('.webhook'))
        assert.match(node.webhookId, uuid);
    }
    assert.equal(flow.active, false);
    assert.equal(flow.settings.executionOrder, 'v1');
  });

  test(`${file}: connections join nodes that exist, and reach all`, () => {
    const reached = new Set();
    for (const [from, { main }] of Object.entries(flow.connections)) {
      assert.ok(nodeOf(file, from), from);
      for (const targets of main)
        for (const { node, type, index } of targets) {
          assert.ok(nodeOf(file, node), node);
          assert.deepEqual([type, index], ['main', 0]);
          reached.add(node);
        }
    }
    for (const { name, type } of flow.nodes)
      assert.equal(reached.has(name), !type.endsWith('.webhook'), name);
    for (const { name, type } of flow.nodes)
      if (type.endsWith('.if'))
        assert.equal(flow.connections[name].main.length, 2, name);
  });

  test(`${file}: expressions refer to nodes that exist`, () => {
    for (const text of texts(flow.nodes))
      for (const [, name] of text.matchAll(/\$\('([^']+)'\)/g))
        assert.ok(nodeOf(file, name), name);
  });

  test(`${file}: no secret, and nothing that n8n 2 blocks`, () => {
    for (const text of texts(flow)) {
      assert.doesNotMatch(text, /\$env|process\.env|require\(/);
      assert.doesNotMatch(text, /\b(AC|SK)[0-9a-f]{32}\b/);
      assert.doesNotMatch(text, /\b[0-9a-f]{40,}\b/);
    }
    for (const { name, type, parameters, credentials } of flow.nodes) {
      if (type.endsWith('.webhook')) {
        assert.notEqual(parameters.authentication ?? 'none', 'none', name);
        const kind = { headerAuth: 'httpHeaderAuth',
                       basicAuth: 'httpBasicAuth' };
        assert.ok(credentials[kind[parameters.authentication]], name);
      }
      if (type.endsWith('.httpRequest')) {
        assert.equal(parameters.authentication, 'genericCredentialType', name);
        assert.ok(credentials[parameters.genericAuthType], name);
        assert.ok(parameters.options.timeout <= 15000, name);
      }
      for (const one of Object.values(credentials ?? {}))
        assert.deepEqual(Object.keys(one).sort(), ['id', 'name']);
    }
  });

  test(`${file}: Twilio is answered with TwiML`, () => {
    for (const { parameters } of flow.nodes)
      if (parameters.authentication === 'basicAuth') {
        assert.equal(parameters.responseMode, 'onReceived');
        assert.equal(parameters.options.responseData, '<Response></Response>');
        assert.deepEqual(parameters.options.responseHeaders.entries,
          [{ name: 'Content-Type', value: 'text/xml' }]);
      }
  });
}

const ticket = {
  event: 'ticket.created', ticketId: '0190', ticketRef: 'T-20260131-7K3M9QXZ',
  ticketUrl: 'https://support.example.com/t', customerName: 'Ana & Co',
  customerPhone: '+15551234567', customerEmail: null, subject: 'Broken',
  message: 'It is broken', priority: 'high',
  createdAt: '2026-01-31T10:00:00.000Z', agentPhone: '+15550001111',
};
const reply = {
  MessageSid: 'SM1', From: 'whatsapp:+15550001111', WaId: '15550001111',
  To: 'whatsapp:+14155238886', Body: 'We look into it', NumMedia: '0',
  ProfileName: 'Manager',
};

test('a new ticket goes to the manager, whole', () => {
  const file = 'ticket-created-to-whatsapp.json';
  assert.equal(nodeOf(file, 'Ticket created').parameters.path,
               'ticket-created');
  const item = runCode(file, 'Format message', { body: ticket });
  const form = formOf(item);
  assert.equal(form.To, 'whatsapp:+15550001111');
  for (const words of ['T-20260131-7K3M9QXZ', 'Ana & Co', 'HIGH', 'Broken',
                       'It is broken', ticket.ticketUrl])
    assert.ok(form.Body.includes(words), words);
  const long = { ...ticket, message: '😀'.repeat(20000), subject: 'x'.repeat(999),
                 customerName: 'y'.repeat(999), ticketUrl: 'z'.repeat(999) };
  const cut = formOf(runCode(file, 'Format message', { body: long }));
  assert.ok(Array.from(cut.Body).length <= 1600);
  assert.ok(cut.Body.includes('T-20260131-7K3M9QXZ'));
});

test('a reply becomes what Switchboard takes', () => {
  const file = 'whatsapp-reply-to-ticket.json';
  const read = (more) => runCode(file, 'Read reply',
                                 { body: { ...reply, ...more } });
  const call = nodeOf(file, 'Add to ticket').parameters;
  const bodyOf = (item) => JSON.parse(evaluate(call.jsonBody, item));
  const named = read({ Body: 't-20260131-7k3m9qxz: We look into it' });
  assert.deepEqual(bodyOf(named), {
    ticketRef: 'T-20260131-7K3M9QXZ', message: 'We look into it',
    from: '+15550001111', channel: 'whatsapp', externalId: 'SM1',
  });
  assert.equal(call.method, 'POST');
  assert.ok(call.url.endsWith('/api/ticket/inbound'));
  const photo = read({ Body: '', NumMedia: '1', MediaUrl0: 'https://m/1' });
  assert.equal(bodyOf(photo).mediaUrl, 'https://m/1');

  const quoting = read({ OriginalRepliedMessageSid: 'MM2' });
  assert.deepEqual([quoting.ticketRef, quoting.quotedSid], ['', 'MM2']);
  const found = runCode(file, 'Find its ticket',
    { body: '*Ticket:* T-20260131-7K3M9QXZ\n…' }, { 'Read reply': quoting });
  assert.equal(bodyOf(found).ticketRef, 'T-20260131-7K3M9QXZ');
  assert.equal(bodyOf(found).message, 'We look into it');

  const asked = runCode(file, 'Ask for the ticket', {}, { 'Read reply': read() });
  assert.equal(formOf(asked).To, 'whatsapp:+15550001111');
  assert.equal(formOf(asked).From, 'whatsapp:+14155238886');
});

test('a call to Switchboard is repeated as often as n8n can', () => {
  for (const [file, flow] of workflows)
    for (const node of flow.nodes)
      if (/inbound|webhook\/n8n/.test(node.parameters.url ?? ''))
        assert.deepEqual(
          [node.retryOnFail, node.maxTries, node.waitBetweenTries],
          [true, 5, 5000], file);
});

test('the bridge sends texts and files', () => {
  const file = 'whatsapp-bridge.json';
  const send = (messageContent) => formOf(runCode(file, 'Make Twilio call',
    { body: { event: 'message.send', to: '+15551234567', messageContent,
              idempotencyKey: 'k' } }));
  assert.deepEqual(send({ text: 'Hi & bye' }), {
    To: 'whatsapp:+15551234567', From: 'whatsapp:+14155238886',
    Body: 'Hi & bye' });
  const link = 'https://support.example.com/f';
  const photo = send({ image: { link }, caption: 'See',
                       mimetype: 'image/png', fileName: 'a.png' });
  assert.deepEqual([photo.MediaUrl, photo.Body], [link, 'See']);
  // A caption inside is taken, too.
  const inside = send({ image: { link, caption: 'See' } });
  assert.deepEqual([inside.MediaUrl, inside.Body], [link, 'See']);
  assert.equal(nodeOf(file, 'Send asked for').parameters.responseData,
               'firstEntryJson');
});

test('the bridge tells of messages in the simple form', () => {
  const file = 'whatsapp-bridge.json';
  const item = runCode(file, 'Make Switchboard call', { body: {
    ...reply, NumMedia: '1', MediaUrl0: 'https://m/1',
    MediaContentType0: 'image/png', OriginalRepliedMessageSid: 'SM0' } });
  const call = nodeOf(file, 'Tell Switchboard').parameters;
  assert.ok(call.url.endsWith('/webhook/n8n/whatsapp'));
  assert.deepEqual(JSON.parse(evaluate(call.jsonBody, item)), {
    from: '15550001111@s.whatsapp.net', id: 'SM1', text: 'We look into it',
    pushName: 'Manager', replyTo: { id: 'SM0' },
    media: { url: 'https://m/1', mimetype: 'image/png' } });
});
