import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MalformedPacketError, PacketReader, type ProtocolVersion, type PublishView } from '../src/index.ts';
import { CASES } from './cases.ts';
import { type Collector, collect, collectFor, collectGreeted, type Sender } from './collect.ts';
import { bytes } from './notation.ts';

/*
 * Whatever the bytes are: `push` does not throw, what is handed out lies inside the bytes, the outcome does not depend
 * on how the bytes are cut nor on what lies behind them, and after an error there is silence.
 */

// Tens of thousands of errors are made here, and nobody reads their stacks.
Error.stackTraceLimit = 0;

const ROUNDS = 20_000;
const VERSIONS: readonly ProtocolVersion[] = [3, 4, 5];
const SENDERS: readonly Sender[] = ['client', 'server'];
const SEEDS = CASES.filter((candidate) => candidate.bytes.length < 400).map((candidate) => ({
  ...candidate,
  encoded: bytes(candidate.bytes),
}));

test(`${ROUNDS} random byte strings`, () => {
  const random = generator(1);
  for (let round = 0; round < ROUNDS; round++) {
    const version = pick(random, VERSIONS);
    const from = pick(random, SENDERS);
    const make = random(4) === 0 ? collect : collectGreeted;
    const noise = Buffer.from(Array.from({ length: random(40) }, () => random(256)));

    checkAnyCut(noise, random, () => make(version, from));
  }
});

test(`${ROUNDS} mutated packets, each with a packet behind it`, () => {
  const random = generator(2);
  for (let round = 0; round < ROUNDS; round++) {
    const { version, from, packet, encoded } = pick(random, SEEDS);
    const mutated = Buffer.concat([mutate(encoded, random), pick(random, SEEDS).encoded]);

    checkAnyCut(mutated, random, () => collectFor(packet, version, from));
  }
});

test('what a view points at lies inside the received bytes, in order', () => {
  const random = generator(3);
  const nothing = () => undefined;
  const handler = { onPublish: checkView, onAck: nothing, onPacket: nothing, onError: nothing };
  const publishes = SEEDS.filter(({ packet }) => packet.type === 'publish');
  for (let round = 0; round < ROUNDS; round++) {
    const { version, encoded } = pick(random, publishes);
    const reader = new PacketReader(handler, { role: 'client' });
    reader.version = version;
    reader.push(bytes(version === 5 ? '20 03 00 00 00' : '20 02 00 00'));

    reader.push(mutate(encoded, random));
  }
});

function checkAnyCut(input: Buffer, random: Random, make: () => Collector): void {
  const whole = make();
  const pieces = make();
  const longer = Buffer.concat([input, Buffer.alloc(8, random(256))]);

  whole.reader.push(longer.subarray(0, input.length));
  for (let at = 0; at < input.length; ) {
    const next = at + 1 + random(6);
    pieces.reader.push(Buffer.from(input.subarray(at, next)));
    at = next;
  }

  assert.deepEqual(outcome(pieces, input), outcome(whole, input));
  checkSilence(whole);
}

/** With the input, so that a failure shows it. */
function outcome({ packets, errors }: Collector, input: Buffer): unknown {
  return { input: input.toString('hex'), packets, errors: errors.map((error) => error.message) };
}

function checkSilence({ reader, packets, errors }: Collector): void {
  assert.ok(errors.length <= 1);
  assert.ok(errors.every((error) => error instanceof MalformedPacketError && error.reasonCode >= 0x80));
  const before = packets.length;
  if (errors.length === 1) reader.push(Buffer.from('c000d000', 'hex'));
  assert.equal(packets.length, before);
}

function checkView(view: PublishView): void {
  const { bytes, start, end, topicStart, topicEnd, propertiesStart, propertiesEnd, payloadStart } = view;
  const offsets = [0, start, topicStart, topicEnd, propertiesStart, propertiesEnd, payloadStart, end, bytes.length];
  assert.deepEqual(
    offsets,
    offsets.toSorted((left, right) => left - right),
  );
  assert.ok(view.packetId > 0 === view.qos > 0);
  view.properties();
}

type Random = (below: number) => number;

/** Flips, removes or inserts up to three bytes, with a liking for the ends of ranges. */
function mutate(encoded: Buffer, random: Random): Buffer {
  const mutated = [...encoded];
  for (let left = 1 + random(3); left > 0; left--) {
    const at = random(mutated.length);
    const byte = pick(random, [0, 1, 0x7f, 0x80, 0xff, random(256)]);
    const removed = random(3) === 0 ? 0 : 1;
    mutated.splice(at, removed, ...(random(4) === 0 ? [] : [byte]));
  }
  return Buffer.from(mutated);
}

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random(choices.length)]!; // in range
}

/** Repeatable random numbers (mulberry32). */
function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
