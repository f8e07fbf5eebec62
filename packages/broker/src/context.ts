import type { AuthorizationPort } from './auth/ports.ts';
import type { Clock } from './clock.ts';
import type { BufferPool } from './delivery/buffer-pool.ts';
import type { FlushQueue } from './delivery/flush-queue.ts';
import type { HookRegistry } from './hook/hook-registry.ts';
import type { Log } from './log.ts';
import type { Counters } from './metrics/counters.ts';
import type { RetainedStore } from './retain/retained-store.ts';
import type { Router } from './router/router.ts';
import type { SessionRegistry } from './session/session-registry.ts';
import type { TimerWheel } from './session/timer-wheel.ts';
import type { MqttSettings } from './settings.ts';
import type { SubscriptionTable } from './topic/subscription-table.ts';
import type { TopicCache } from './topic/topic-cache.ts';

/** The parts of one broker that sessions and connections work with. Made by `Broker`, which alone knows how they fit. */
export interface Context {
  readonly node: string;
  readonly settings: MqttSettings;
  readonly auth: AuthorizationPort;
  readonly log: Log;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly counters: Counters;
  readonly hooks: HookRegistry;
  readonly pool: BufferPool;
  readonly flushQueue: FlushQueue;
  readonly topics: TopicCache;
  readonly table: SubscriptionTable;
  readonly retained: RetainedStore;
  readonly router: Router;
  readonly sessions: SessionRegistry;
}
