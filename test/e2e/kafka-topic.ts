import { spawn } from 'node:child_process';

export interface KafkaRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly headers: string;
  readonly value: string;
}

/** All records of a topic, read by kcat: a client that is not ours. */
export async function readTopic(bootstrap: string, topic: string): Promise<KafkaRecord[]> {
  const text = await output('kcat', [
    '-b',
    bootstrap,
    '-C',
    '-t',
    topic,
    '-e',
    '-q',
    '-f',
    '%p\t%o\t%k\t%h\t%s\n',
    '-X',
    'fetch.wait.max.ms=50',
  ]);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [partition = '', offset = '', key = '', headers = '', ...value] = line.split('\t');
      return { partition: Number(partition), offset: Number(offset), key, headers, value: value.join('\t') };
    });
}

/** The ids of numbered messages in the order of their partitions' offsets. */
export function idsOf(records: readonly KafkaRecord[]): string[] {
  return records.map((record) => (JSON.parse(record.value) as { id: string }).id);
}

/** Clients whose messages are not in the order of their numbers; repeats of earlier ones (a resend) are allowed. */
export function clientsOutOfOrder(ids: readonly string[]): string[] {
  const highest = new Map<string, number>();
  const seen = new Set<string>();
  const bad = new Set<string>();
  for (const id of ids) {
    const [client = '', sequence = ''] = id.split('/');
    const before = highest.get(client) ?? -1;
    if (!seen.has(id) && Number(sequence) < before) bad.add(client);
    highest.set(client, Math.max(before, Number(sequence)));
    seen.add(id);
  }
  return [...bad];
}

function output(command: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0
        ? resolve(Buffer.concat(chunks).toString())
        : reject(new Error(`${command} ended with ${code}: ${errors}`)),
    );
  });
}
