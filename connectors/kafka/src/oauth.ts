import { readSecret } from '@millrace/contract';
import type { Authentication } from './config.ts';
import { notConnected } from './errors.ts';

export type OAuthSettings = Extract<Authentication, { readonly mechanism: 'oauth' }>;

const TIMEOUT_MS = 5000;
/** A token is used for this share of its life, so that none runs out between fetch and login. */
const SHARE_OF_LIFE = 0.8;

/** Tokens of one client by the client credentials grant (RFC 6749 §4.4), kept while they are fresh. */
export class OAuthTokens {
  readonly #settings: OAuthSettings;
  readonly #now: () => number;
  #token: Promise<string> | undefined;
  #freshUntil = 0;

  constructor(settings: OAuthSettings, now: () => number = Date.now) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Throws a `NotConnectedError` that says what the token endpoint answered. */
  async get(): Promise<string> {
    if (this.#token === undefined || this.#now() >= this.#freshUntil) {
      this.#freshUntil = Number.POSITIVE_INFINITY;
      this.#token = this.#fetch();
    }
    try {
      return await this.#token;
    } catch (error) {
      this.#token = undefined;
      throw error;
    }
  }

  async #fetch(): Promise<string> {
    const { endpoint_uri: endpoint } = this.#settings;
    const response = await this.#request().catch((cause: unknown) => {
      throw failure(`Cannot reach the token endpoint ${endpoint}; check endpoint_uri`, cause);
    });
    if (!response.ok) {
      throw failure(
        `The token endpoint ${endpoint} answered ${response.status}; check client_id, client_secret and scope`,
      );
    }
    const answer: unknown = await response.json().catch(() => undefined);
    const { token, lifeMs } = readToken(answer);
    if (token === undefined) throw failure(`The token endpoint ${endpoint} answered without an access_token`);
    this.#freshUntil = this.#now() + lifeMs * SHARE_OF_LIFE;
    return token;
  }

  #request(): Promise<Response> {
    const { endpoint_uri: endpoint, client_id: id, client_secret: secretText, scope } = this.#settings;
    const credentials = `${encodeURIComponent(id)}:${encodeURIComponent(readSecret(secretText))}`;
    return fetch(endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}

function readToken(answer: unknown): { token: string | undefined; lifeMs: number } {
  const fields: Record<string, unknown> = typeof answer === 'object' && answer !== null ? { ...answer } : {};
  const { access_token: token, expires_in: seconds } = fields;
  return {
    token: typeof token === 'string' ? token : undefined,
    lifeMs: (typeof seconds === 'number' ? seconds : 60) * 1000,
  };
}

function failure(message: string, cause?: unknown): Error {
  return notConnected('KAFKA_AUTHENTICATION_FAILED', message, cause);
}
