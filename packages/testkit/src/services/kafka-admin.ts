import { connect } from 'node:net';

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
