import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Publication } from '../delivery/publication.ts';
import type { Receiver } from '../topic/receiver.ts';
import { MessageQueue } from './message-queue.ts';

const receiver: Receiver = {
  subscriber: { clientId: 'c', isConnected: true, deliver() {} },
  qos: 1,
  noLocal: false,
  retainAsPublished: false,
  identifiers: undefined,
  group: undefined,
};

test('is first in, first out, over growth and wrapping', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (operations) => {
      const queue = new MessageQueue();
      const model: Publication[] = [];
      for (const isPush of operations) {
        if (isPush) {
          const publication = new Publication();
          queue.push(publication, receiver, model.length % 3 === 0);
          model.push(publication);
        } else {
          assert.equal(queue.head, model.shift());
          queue.shift();
        }
      }

      assert.equal(queue.length, model.length);
      assert.deepEqual(
        [...queue.entries()].map(({ publication }) => publication),
        model,
      );
    }),
  );
});

test('remembers which messages were stored ones', () => {
  const queue = new MessageQueue();
  queue.push(new Publication(), receiver, true);
  queue.push(new Publication(), receiver, false);

  assert.equal(queue.isHeadRetained, true);
  queue.shift();
  assert.equal(queue.isHeadRetained, false);
  assert.equal(queue.headReceiver, receiver);
});
