import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Accounts } from '@millrace/rest-api';
import { CONTROL_FILE, type ControlFile } from '../commands/ctl-client.ts';

/**
 * Lets `millrace ctl` in: an API key that lives as long as this process, in a file that only its owner may read. Whoever
 * can read the data directory of a node may steer it.
 */
export function writeControlFile(dataDir: string, url: string, accounts: Accounts): void {
  const control: ControlFile = { url, key: 'ctl', secret: randomBytes(32).toString('base64url') };
  accounts.apiKeys.addTransient(control.key, control.secret);
  const file = join(dataDir, CONTROL_FILE);
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(control)}\n`, { mode: 0o600 });
}

export function removeControlFile(dataDir: string): void {
  rmSync(join(dataDir, CONTROL_FILE), { force: true });
}
