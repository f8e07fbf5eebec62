import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Consumed {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

interface Line {
  readonly partition: number;
  readonly offset: number;
  readonly ts: number;
  readonly key: string | null;
  readonly payload: string | null;
  readonly headers?: readonly string[];
}

/** Reads a whole topic with kcat, a client that shares no code with ours. */
export async function consume(bootstrap: string, topic: string): Promise<Consumed[]> {
  const args = ['-b', bootstrap, '-t', topic, '-C', '-e', '-q', '-J', '-o', 'beginning', '-X', 'check.crcs=true'];
  const { stdout } = await promisify(execFile)('kcat', args, { maxBuffer: 256 * 1024 * 1024 }).catch((error: Error) => {
    throw new Error(`kcat could not read topic ${topic}; is it installed? ${error.message.slice(0, 500)}`);
  });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .map(({ partition, offset, ts, key, payload, headers = [] }) => ({
      partition,
      offset,
      timestamp: ts,
      key,
      value: payload,
      headers,
    }));
}
