import type { Qos } from '@millrace/mqtt-codec';
import type { AuthorizationResult } from '../auth/ports.ts';
import type { Connection } from './connection.ts';

const MOST_ENTRIES = 32;
const ALLOWED: AuthorizationResult = { result: 'allow', source: 'default' };

/** What a client may do, asked once for each action and topic of a connection; bounded, the oldest answer goes first. */
export class AuthorizationCache {
  readonly #connection: Connection;
  readonly #answers = new Map<string, AuthorizationResult>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  ask(
    action: 'publish' | 'subscribe',
    topic: string,
    qos: Qos,
    retain: boolean,
  ): AuthorizationResult | Promise<AuthorizationResult> {
    const { context, info } = this.#connection;
    const { authorize } = context.auth;
    if (authorize === undefined) return ALLOWED;
    const key = `${action === 'publish' ? 'p' : 's'}${qos}${retain ? 'r' : '-'}${topic}`;
    const known = this.#answers.get(key);
    context.counters.clientAuthorize += 1;
    if (known !== undefined) {
      context.counters.authorizationCacheHit += 1;
      return this.#report(action, topic, known, 'cache');
    }
    context.counters.authorizationCacheMiss += 1;
    const answer = authorize({ client: info, action, topic, qos, retain });
    if (!(answer instanceof Promise)) return this.#learn(key, action, topic, answer);
    return answer.then((result) => this.#learn(key, action, topic, result));
  }

  #learn(
    key: string,
    action: 'publish' | 'subscribe',
    topic: string,
    answer: AuthorizationResult,
  ): AuthorizationResult {
    if (this.#answers.size >= MOST_ENTRIES) {
      const [oldest] = this.#answers.keys();
      if (oldest !== undefined) this.#answers.delete(oldest);
    }
    this.#answers.set(key, answer);
    return this.#report(action, topic, answer, answer.source);
  }

  #report(
    action: 'publish' | 'subscribe',
    topic: string,
    answer: AuthorizationResult,
    source: string,
  ): AuthorizationResult {
    const { context, info } = this.#connection;
    if (answer.result === 'allow') context.counters.authorizationAllow += 1;
    else context.counters.authorizationDeny += 1;
    context.hooks.emit.authorized?.({ client: info, action, topic, source, result: answer.result });
    return answer;
  }
}
