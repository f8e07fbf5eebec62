import type { RuleConfig } from '../rule/rule-config.ts';
import { RuleEngine } from '../rule-engine.ts';
import { FakeAction, FakeBroker, messageOf, recordingLog, TestClock } from './fakes.ts';

/** A rule engine with everything around it made of fakes. */
export function testEngine(...actionIds: readonly string[]) {
  const broker = new FakeBroker();
  const actions = new Map(actionIds.map((id) => [id, new FakeAction(id)]));
  const log = recordingLog();
  const clock = new TestClock();
  const engine = new RuleEngine({
    broker,
    resource: { action: (id) => actions.get(id) },
    log,
    clock,
    node: 'millrace@127.0.0.1',
  });
  return {
    broker,
    engine,
    log,
    clock,
    action: (id: string) => actions.get(id)!,
    remove: (id: string) => actions.delete(id),
    rule: (sql: string, ...rest: readonly NonNullable<RuleConfig['actions']>[number][]) =>
      engine.put('r1', { sql, actions: rest }),
    /** Publishes as client c1. */
    publish: (topic: string, payload: string | Uint8Array, more: Parameters<typeof messageOf>[0] | object = {}) =>
      broker.receive(messageOf({ topic, payload, ...more })),
  };
}
