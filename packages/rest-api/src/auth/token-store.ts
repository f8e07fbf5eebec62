import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jwtVerify, SignJWT } from 'jose';
import type { ApiClock } from '../ports.ts';
import { readJsonFile, writePrivateFile } from './private-file.ts';

interface Login {
  username: string;
  expiresAt: number;
}

export interface TokenStoreOptions {
  readonly dataDir: string;
  readonly lifetimeMs: number;
  readonly clock: ApiClock;
}

export type TokenVerdict =
  | { readonly kind: 'valid'; readonly username: string }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown' };

/** Renewals younger than this are only in memory: they would not be worth a write for each call. */
const SAVE_INTERVAL_MS = 60_000;
const EXPIRED_KEPT_MS = 86_400_000;

/**
 * Who is logged in. A token is a signed JWT whose life is kept here, so that each call renews it and logging out ends it.
 * Key and logins are kept in the data directory: tokens survive a restart.
 */
export class TokenStore {
  readonly #path: string;
  readonly #key: Uint8Array;
  readonly #lifetimeMs: number;
  readonly #clock: ApiClock;
  readonly #logins: Map<string, Login>;
  #savedAt = 0;

  constructor({ dataDir, lifetimeMs, clock }: TokenStoreOptions) {
    this.#path = join(dataDir, 'tokens.json');
    this.#key = readOrMakeKey(join(dataDir, 'token-key'));
    this.#lifetimeMs = lifetimeMs;
    this.#clock = clock;
    this.#logins = new Map(Object.entries((readJsonFile(this.#path) ?? {}) as Record<string, Login>));
  }

  async issue(username: string): Promise<string> {
    const id = randomUUID();
    const now = this.#clock.now();
    for (const [other, login] of this.#logins) if (login.expiresAt + EXPIRED_KEPT_MS < now) this.#logins.delete(other);
    this.#logins.set(id, { username, expiresAt: now + this.#lifetimeMs });
    this.#save(now);
    return new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer('Millrace')
      .setSubject(username)
      .setJti(id)
      .setIssuedAt(Math.floor(now / 1000))
      .sign(this.#key);
  }

  /** Renews a valid token. */
  async verify(token: string): Promise<TokenVerdict> {
    const id = await this.#idOf(token);
    const login = id === undefined ? undefined : this.#logins.get(id);
    if (login === undefined) return { kind: 'unknown' };
    const now = this.#clock.now();
    if (login.expiresAt <= now) return { kind: 'expired' };
    login.expiresAt = now + this.#lifetimeMs;
    if (now - this.#savedAt >= SAVE_INTERVAL_MS) this.#save(now);
    return { kind: 'valid', username: login.username };
  }

  /** Ends one login. False when the token is not that user's. */
  async end(token: string, username: string): Promise<boolean> {
    const id = await this.#idOf(token);
    if (id === undefined || this.#logins.get(id)?.username !== username) return false;
    this.#logins.delete(id);
    this.#save(this.#clock.now());
    return true;
  }

  /** Ends all logins of a user. */
  endAll(username: string): void {
    for (const [id, login] of this.#logins) if (login.username === username) this.#logins.delete(id);
    this.#save(this.#clock.now());
  }

  async #idOf(token: string): Promise<string | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#key, { algorithms: ['HS256'], issuer: 'Millrace' });
      return payload.jti;
    } catch {
      // every malformed or foreign token is simply unknown
      return undefined;
    }
  }

  #save(now: number): void {
    this.#savedAt = now;
    writePrivateFile(this.#path, JSON.stringify(Object.fromEntries(this.#logins)));
  }
}

function readOrMakeKey(path: string): Uint8Array {
  try {
    const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
    if (key.length >= 32) return key;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const key = randomBytes(32);
  writePrivateFile(path, `${key.toString('base64')}\n`);
  return key;
}
