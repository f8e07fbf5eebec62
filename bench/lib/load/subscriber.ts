import { Connection } from './connection.ts';
import { topicOf } from './publisher.ts';
import type { LoadOptions } from './run-load.ts';
import { stampedPayload } from './stamp.ts';
import { SequenceCheck, type Tally } from './tally.ts';

const PUBACK = 4;
const PUBREC = 5;
const PUBREL = 6;
const PUBCOMP = 7;

/** Subscribes to what its place in the load asks for, counts, checks and acknowledges what comes. */
export async function openSubscriber(
  options: LoadOptions,
  index: number,
  tally: Tally,
  wake: () => void,
): Promise<void> {
  const { stampAt } = stampedPayload(options.payload, options.size, 0);
  const check = new SequenceCheck(tally, stampAt, options.publishers);
  const connection: Connection = await Connection.open(options.port, `bench-s${index}`, {
    onPublish: ({ bytes, payloadStart, qos, packetId }) => {
      check.received(bytes, payloadStart);
      if (qos > 0) connection.acknowledge(qos === 1 ? PUBACK : PUBREC, packetId);
    },
    onAck: (kind, packetId) => {
      if (kind === PUBREL) connection.acknowledge(PUBCOMP, packetId);
    },
    onIdle: wake,
    onDrain: () => undefined,
  });
  await connection.subscribe(filterOf(options, index), options.qos);
}

function filterOf(options: LoadOptions, index: number): string {
  return options.pairs ? topicOf(index) : (options.filter ?? topicFilterOfAll);
}

const topicFilterOfAll = 'bench/+';
