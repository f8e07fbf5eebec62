import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishPacket, Qos } from '@millrace/mqtt-codec';
import { eventually } from '@millrace/testkit';
import { RawClient } from './raw-client.ts';
import { startBroker } from './start-broker.ts';

/**
 * A subscriber that comes, goes, acknowledges or not, at random, beside what MQTT promises: QoS 1 at least once and in
 * order of first delivery, QoS 2 exactly once and in order, whatever the sequence.
 */
class ModelSubscriber {
  readonly #port: number;
  readonly #version: 4 | 5;
  client: RawClient | undefined;
  readonly firstSeen: string[] = [];
  readonly times = new Map<string, number>();
  /** QoS 2 packet ids whose message has been taken and that are not released yet. */
  readonly #taken = new Set<number>();
  #unanswered: PublishPacket[] = [];
  #unreleased: number[] = [];

  constructor(port: number, version: 4 | 5) {
    this.#port = port;
    this.#version = version;
  }

  async connect(): Promise<void> {
    this.client = await RawClient.connect(this.#port, {
      protocolVersion: this.#version,
      clientId: 'subscriber',
      cleanStart: false,
      acknowledges: false,
      ...(this.#version === 5 && { properties: { sessionExpiryInterval: 600, receiveMaximum: 5 } }),
    });
    this.#unanswered = [];
    this.#unreleased = [];
  }

  async drop(): Promise<void> {
    await this.client?.drop();
    this.#take();
    this.client = undefined;
  }

  /** Answers some or all of what has come. */
  answer(most: number): void {
    const { client } = this;
    if (client === undefined) return;
    this.#take();
    for (const { qos, packetId = 0 } of this.#unanswered.splice(0, most)) {
      client.send({ type: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode: 0 });
    }
    for (const packetId of this.#unreleased.splice(0, most)) {
      client.send({ type: 'pubcomp', packetId, reasonCode: 0 });
      this.#taken.delete(packetId);
    }
  }

  get hasWork(): boolean {
    this.#take();
    return this.#unanswered.length + this.#unreleased.length > 0;
  }

  #take(): void {
    for (const packet of this.client?.received.splice(0) ?? []) {
      if (packet.type === 'pubrel') this.#unreleased.push(packet.packetId);
      if (packet.type === 'publish') this.#takeMessage(packet);
    }
  }

  #takeMessage(packet: PublishPacket): void {
    const text = Buffer.from(packet.payload).toString();
    const isRepeated = packet.qos === 2 && this.#taken.has(packet.packetId ?? 0);
    if (packet.qos > 0) this.#unanswered.push(packet);
    if (packet.qos === 2) this.#taken.add(packet.packetId ?? 0);
    if (isRepeated) return;
    if (!this.times.has(text)) this.firstSeen.push(text);
    this.times.set(text, (this.times.get(text) ?? 0) + 1);
  }
}

function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

for (let seed = 1; seed <= 12; seed++) {
  test(`keeps the promises of QoS 1 and 2 over a random sequence (seed ${seed})`, async () => {
    await using server = await startBroker();
    const random = createRandom(seed);
    const subscriber = new ModelSubscriber(server.port, seed % 2 === 0 ? 4 : 5);
    await subscriber.connect();
    await subscriber.client?.subscribe('m', 2);
    const publisher = await RawClient.connect(server.port, { clientId: 'publisher' });
    const published: string[] = [];

    for (let step = 0; step < 150; step++) {
      const choice = random(10);
      if (choice < 5) {
        const qos = (1 + random(2)) as Qos;
        published.push(`${qos}:${step}`);
        publisher.publish('m', `${qos}:${step}`, { qos, packetId: step + 1 });
      } else if (choice < 8) subscriber.answer(1 + random(6));
      else if (choice === 8) await publisher.settle();
      else if (subscriber.client === undefined) await subscriber.connect();
      else await subscriber.drop();
    }
    if (subscriber.client === undefined) await subscriber.connect();
    await eventually(() => {
      subscriber.answer(1_000);
      return !subscriber.hasWork && subscriber.times.size === published.length;
    });
    await publisher.settle();

    assert.deepEqual(subscriber.firstSeen, published);
    for (const [text, times] of subscriber.times) if (text.startsWith('2')) assert.equal(times, 1, text);
    await eventually(() => {
      subscriber.answer(1_000);
      return server.broker.client('subscriber')?.inflight_cnt === 0;
    });
    assert.equal(server.broker.client('subscriber')?.mqueue_len, 0);
  });
}
