import mqtt from 'mqtt';

export interface Published {
  /** `<client>/<sequence>` of every message whose PUBACK came, in the order of the acknowledgements. */
  readonly acknowledged: readonly string[];
}

export interface Load {
  readonly port: number;
  readonly clients: number;
  readonly messagesPerClient: number;
  /** Added to each client id, so that several loads can be told apart. */
  readonly prefix?: string;
  /** Messages of one client on their way at once. */
  readonly window?: number;
  readonly topicOf?: (clientId: string) => string;
  readonly payloadOf?: (clientId: string, sequence: number) => string;
}

/** Clients that publish numbered messages at QoS 1 as fast as they are acknowledged, until done or the connection ends. */
export async function publishLoad(load: Load): Promise<Published> {
  const acknowledged: string[] = [];
  const ids = Array.from({ length: load.clients }, (_, index) => `${load.prefix ?? 'c'}${index + 1}`);
  await Promise.all(ids.map((id) => publishAs(id, load, acknowledged)));
  return { acknowledged };
}

async function publishAs(clientId: string, load: Load, acknowledged: string[]): Promise<void> {
  const { messagesPerClient, window = 20, topicOf = (id) => `devices/${id}/state`, payloadOf = numberedPayload } = load;
  const client = mqtt.connect(`mqtt://127.0.0.1:${load.port}`, { clientId, reconnectPeriod: 0 });
  // The node may be killed at any moment, also while a client connects.
  client.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await Promise.race([new Promise((resolve) => client.once('connect', resolve)), closed]);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < messagesPerClient && client.connected) {
      const sequence = next++;
      const published = client.publishAsync(topicOf(clientId), payloadOf(clientId, sequence), { qos: 1 }).then(
        () => acknowledged.push(`${clientId}/${sequence}`),
        () => undefined,
      );
      await Promise.race([published, closed]);
    }
  };
  await Promise.all(Array.from({ length: window }, worker));
  await client.endAsync(true).catch(() => undefined);
}

function numberedPayload(clientId: string, sequence: number): string {
  return JSON.stringify({ id: `${clientId}/${sequence}`, battery: sequence % 100, action: 'unlock' });
}
