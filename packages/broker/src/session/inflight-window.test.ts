import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Publication } from '../delivery/publication.ts';
import type { Receiver } from '../topic/receiver.ts';
import { InflightState, InflightWindow } from './inflight-window.ts';

const receiver: Receiver = {
  subscriber: { clientId: 'c', isConnected: true, deliver() {} },
  qos: 2,
  noLocal: false,
  retainAsPublished: false,
  identifiers: undefined,
  group: undefined,
};

test('gives every unfinished delivery its own packet id and keeps their order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 400 }), (choices) => {
      const window = new InflightWindow(8);
      const model: { packetId: number; publication: Publication }[] = [];
      for (const choice of choices) {
        const [finished] = choice < 20 || model.length === 8 ? model.splice(choice % (model.length || 1), 1) : [];
        if (finished !== undefined) window.remove(finished.packetId);
        else {
          const publication = new Publication();
          const packetId = window.add(publication, receiver, InflightState.puback, false);
          assert.ok(packetId > 0 && packetId <= 65_535);
          assert.ok(!model.some((other) => other.packetId === packetId));
          model.push({ packetId, publication });
        }
      }

      assert.equal(window.size, model.length);
      assert.deepEqual(
        window.entries().map(({ packetId }) => packetId),
        model.map(({ packetId }) => packetId),
      );
      for (const { packetId, publication } of model) assert.equal(window.publicationOf(packetId), publication);
    }),
  );
});

test('starts again at 1 after the last packet id and passes over ids in use', () => {
  const window = new InflightWindow(2);
  const stuck = window.add(new Publication(), receiver, InflightState.puback, false);
  const seen = new Set<number>();
  for (let n = 0; n < 70_000; n++) {
    const packetId = window.add(new Publication(), receiver, InflightState.puback, false);
    assert.notEqual(packetId, stuck);
    seen.add(packetId);
    window.remove(packetId);
  }

  assert.ok(seen.has(65_535));
  assert.equal(window.stateOf(stuck), InflightState.puback);
  assert.equal(window.entries().length, 1);
});

test('lets the message of a QoS 2 delivery go once the client has it', () => {
  const window = new InflightWindow(4);
  const packetId = window.add(new Publication(), receiver, InflightState.pubrec, false);

  window.release(packetId);

  assert.equal(window.stateOf(packetId), InflightState.pubcomp);
  assert.equal(window.publicationOf(packetId), undefined);
  window.remove(packetId);
  window.remove(packetId);
  assert.equal(window.size, 0);
  assert.equal(window.stateOf(packetId), InflightState.free);
});
