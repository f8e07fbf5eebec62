import { provide } from '@millrace/testkit';
import { servicesOf } from './files.ts';

/** Programs that tests of any room may use as an independent witness. */
const ALWAYS = ['mosquitto-clients', 'kcat', 'jq'];

/** Why some services are not there, by name. */
export type Missing = ReadonlyMap<string, string>;

/** Provides what the files need, with one line for each service, and tells what could not be provided. */
export async function provideServices(files: readonly string[], say: (line: string) => void): Promise<Missing> {
  const names = new Set([...ALWAYS, ...files.flatMap(servicesOf)]);
  const missing = new Map<string, string>();
  for (const name of names) {
    try {
      await provide(name, say);
      say(`${name}: ready`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      missing.set(name, reason);
      say(`${name}: not available: ${reason}`);
    }
  }
  return missing;
}
