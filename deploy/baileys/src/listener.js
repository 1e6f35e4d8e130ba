import { setTimeout as delay } from 'node:timers/promises';

import { DisconnectReason } from './library.js';
import { wordsOf } from './log.js';
import {
  ToldChanges, mapConnection, mapReaction, mapReceipt, mapUpdate, mapUpsert,
} from './mapping.js';
import { SpoolFull } from './spool.js';

/**
 * Puts into the spool what happens on WhatsApp, in its order. One at a time; what
 * waits is in memory, for as long as the disk takes.
 */

/** A disk that is full for a moment costs nothing. */
const addAttempts = 30;
const addPauseMs = 2000;
const deviceForm = /:\d+(?=@)/;

export class Listener {
  #spool;
  #onAdded;
  #log;
  #changes = new ToldChanges();
  #turn = Promise.resolve();
  #line = '';
  #isUnpaired = false;
  #isOver = false;

  /**
   * @param {import('./spool.js').Spool} spool
   * @param {() => void} onAdded
   * @param {import('./log.js').Log} log
   */
  constructor(spool, onAdded, log) {
    this.#spool = spool;
    this.#onAdded = onAdded;
    this.#log = log;
  }

  /** @param {object} events a batch of Baileys' @param {object} socket */
  take(events, socket) {
    this.#turn = this.#turn.then(() => this.#take(events, socket))
      .catch((error) =>
        this.#log.error(`events are lost: ${wordsOf(error)}`));
  }

  /** Ends when all that was taken is on disk, or cannot be put there. */
  async stop() {
    this.#isOver = true;
    await this.#turn;
  }

  async #take(events, socket) {
    const told = [];
    const map = (name, run) => {
      if (!events[name])
        return;
      try {
        told.push(...run(events[name]));
      } catch (error) {
        this.#log.error(`${name} cannot be read: ${wordsOf(error)}`);
      }
    };
    map('connection.update', (update) => this.#newLine(update));
    map('messages.upsert', (upsert) => this.#eachMessage(upsert));
    map('messages.update', (list) => mapUpdate(list, this.#changes));
    map('messages.reaction', (list) => mapReaction(list, this.#changes));
    map('message-receipt.update', (list) => mapReceipt(list));
    for (const one of told) {
      await addPhones(one, socket);
      await this.#add(one).catch((error) =>
        this.#log.error(`an event is lost: ${wordsOf(error)}`));
    }
  }

  /** One that cannot be read spoils no other. */
  #eachMessage(upsert) {
    const readable = upsert.messages.filter((message) => {
      try {
        mapUpsert({ ...upsert, messages: [message] }, new ToldChanges());
        return true;
      } catch (error) {
        this.#log.error(`a message cannot be read: ${wordsOf(error)}`);
        return false;
      }
    });
    return mapUpsert({ ...upsert, messages: readable }, this.#changes);
  }

  /**
   * What changes how the line is for the engine. The code for pairing comes anew
   * all the time, until it is given up and comes again: all that is one state.
   * And to connect again after an end says nothing new.
   */
  #newLine(update) {
    const told = mapConnection(update);
    if (told.length === 0)
      return [];
    const [{ data }] = told;
    const line = JSON.stringify(data);
    const isOpen = data.connection === 'open';
    const isPaired = data.lastDisconnect?.error.output.statusCode
      === DisconnectReason.restartRequired;
    const isSame = line === this.#line
      || (data.connection === 'connecting' && this.#line !== '')
      || (this.#isUnpaired && !isOpen && !isPaired);
    if (isSame)
      return [];
    this.#line = line;
    this.#isUnpaired = Boolean(data.qr);
    return told;
  }

  async #add(told) {
    for (let attempt = 1; ; ++attempt) {
      try {
        await this.#spool.add(told);
        this.#onAdded();
        return;
      } catch (error) {
        if (error instanceof SpoolFull || attempt >= addAttempts
            || this.#isOver)
          throw error;
        this.#log.warn(`the spool cannot be written: ${wordsOf(error)}`);
      }
      await delay(addPauseMs);
    }
  }
}

/** Whose phone it is, when only WhatsApp's own name for them came along. */
async function addPhones(told, socket) {
  const mapping = socket?.signalRepository?.lidMapping;
  if (!mapping)
    return;
  const items = told.data.messages ?? (Array.isArray(told.data) ? told.data : []);
  for (const item of items)
    for (const key of [item.key, item.reaction?.key])
      if (key) {
        await addPhone(key, 'remoteJid', 'remoteJidAlt', mapping);
        await addPhone(key, 'participant', 'participantAlt', mapping);
      }
}

async function addPhone(key, name, altName, mapping) {
  if (key[altName] || !String(key[name] ?? '').endsWith('@lid'))
    return;
  // The message matters more than the number.
  const phone = await mapping.getPNForLID(key[name]).catch(() => null);
  if (phone)
    key[altName] = phone.replace(deviceForm, '');
}
