import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The two requests that tests need besides the client under test, written by hand so that testkit needs no Kafka
 * library and no second JVM: Metadata v4 and CreateTopics/DeleteTopics in their last versions before flexible encoding.
 *
 *   request  = size:i32 api_key:i16 version:i16 correlation:i32 client_id:string body
 *   response = size:i32 correlation:i32 body
 */
export interface TopicOptions {
  readonly partitions?: number;
  readonly replication?: number;
  readonly config?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 10_000;

/** Number of brokers that the cluster knows, as told by the one asked. */
export async function countBrokers(port: number): Promise<number> {
  const response = await exchange(port, 3, 4, Buffer.concat([int32(0), Buffer.from([0])]));
  return response.readInt32BE(4);
}

/** True when the broker asked knows a leader for every partition of the topic. */
async function isReady(port: number, name: string): Promise<boolean> {
  const response = await exchange(port, 3, 4, Buffer.concat([int32(1), text(name), Buffer.from([0])]));
  // throttle, [node, host, port, rack], cluster, controller, [error, name, internal, [error, partition, leader, [], []]]
  let at = 4;
  const number = () => response.readInt32BE((at += 4) - 4);
  const skipText = () => (at += 2 + Math.max(response.readInt16BE(at), 0));
  const skipNumbers = () => {
    const count = number();
    at += count * 4;
  };
  for (let brokers = number(); brokers > 0; brokers -= 1) {
    at += 4;
    skipText();
    at += 4;
    skipText();
  }
  skipText();
  at += 4 + 4;
  const error = response.readInt16BE(at);
  at += 2;
  skipText();
  at += 1;
  for (let partitions = number(); partitions > 0; partitions -= 1) {
    at += 2 + 4;
    if (number() < 0) return false;
    skipNumbers();
    skipNumbers();
  }
  return error === 0;
}

/** Resolves when the topic can be produced to. */
export async function createTopic(port: number, name: string, options: TopicOptions = {}): Promise<void> {
  const config = Object.entries(options.config ?? {});
  const body = Buffer.concat([
    int32(1),
    text(name),
    int32(options.partitions ?? 1),
    int16(options.replication ?? 1),
    int32(0),
    int32(config.length),
    ...config.flatMap(([key, value]) => [text(key), text(value)]),
    int32(TIMEOUT_MS),
    Buffer.from([0]),
  ]);
  failOnError(`create topic ${name}`, name, await exchange(port, 19, 4, body));
  while (!(await isReady(port, name))) await sleep(20);
}

export async function deleteTopic(port: number, name: string): Promise<void> {
  const body = Buffer.concat([int32(1), text(name), int32(TIMEOUT_MS)]);
  failOnError(`delete topic ${name}`, name, await exchange(port, 20, 3, body));
}

/** Both answers begin with throttle:i32 count:i32 name:string error:i16. */
function failOnError(purpose: string, name: string, response: Buffer): void {
  const code = response.readInt16BE(4 + 4 + 2 + Buffer.byteLength(name));
  if (code !== 0) throw new Error(`Cannot ${purpose}: Kafka answered with error code ${code}`);
}

async function exchange(port: number, apiKey: number, version: number, body: Buffer): Promise<Buffer> {
  const head = Buffer.concat([int16(apiKey), int16(version), int32(1), text('testkit')]);
  const socket = connect({ host: '127.0.0.1', port });
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`Kafka did not answer on port ${port}`)));
  try {
    socket.write(Buffer.concat([int32(head.length + body.length), head, body]));
    let received = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) return received.subarray(8);
    }
    throw new Error(`Kafka closed the connection on port ${port}`);
  } finally {
    socket.destroy();
  }
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([int16(bytes.length), bytes]);
}
