import type { AckGate, Hooks, Message, MessageHandler, PublishRequest, PublishResult } from '@millrace/broker';
import type { FunctionTable, RuleOutput } from '@millrace/rule-sql';
import { parseAction } from './action/action-config.ts';
import { gateOpened, joinGates } from './action/gates.ts';
import type { ActionDirectory } from './action/sink.ts';
import { RuleNotFoundError } from './errors.ts';
import { messagePublish } from './event/columns.ts';
import { EventInput, type EventOrigin, RecordInput, type RuleInput } from './event/input.ts';
import { eventKinds, isEventTopic } from './event/kinds.ts';
import { EventSwitchboard } from './event/switchboard.ts';
import { type RuleClock, type RuleLog, systemClock } from './ports.ts';
import { buildRule, compileSql, contextOf, type RuleSurroundings } from './rule/build-rule.ts';
import { LocalTopic } from './rule/local-topic.ts';
import type { RuleMetricsView } from './rule/metrics.ts';
import { Rate } from './rule/rate.ts';
import type { Rule } from './rule/rule.ts';
import type { RuleConfig, RuleView } from './rule/rule-config.ts';
import type { Starter } from './rule/starter.ts';
import { Throttle } from './rule/throttle.ts';
import { TopicIndex } from './rule/topic-index.ts';
import { describeEvents, type EventDescription } from './tryout/event-descriptions.ts';
import { type TestResult, tryOut } from './tryout/tryout.ts';

/** What the rule engine needs of the broker. */
export interface RuleBroker {
  readonly hooks: Hooks;
  publish(request: PublishRequest): PublishResult;
}

export interface RuleEngineOptions {
  readonly broker: RuleBroker;
  /** Finds the actions that rules name. */
  readonly resource: ActionDirectory;
  readonly log: RuleLog;
  /** Where console actions print, at level info; `log` unless said otherwise. Should show that level: people wait for it. */
  readonly console?: RuleLog;
  /** Node name, the `node` column. */
  readonly node: string;
  /** SQL functions; those built in unless said otherwise. */
  readonly functions?: FunctionTable;
  readonly clock?: RuleClock;
}

export interface RuleEngineSettings {
  /** Rules do not see what the broker publishes under `$SYS/`. */
  readonly ignoreSysMessage: boolean;
}

/**
 * Runs rules: finds those that a message or event starts, evaluates their SQL and fires their actions.
 * A message costs only the rules that match its topic, found once per topic name.
 */
export class RuleEngine {
  readonly #hooks: Hooks;
  readonly #clock: RuleClock;
  readonly #node: string;
  readonly #shared: RuleSurroundings;
  readonly #rules = new Map<string, Rule>();
  readonly #localTopics = new Map<string, LocalTopic>();
  readonly #topics = new TopicIndex<Starter>();
  readonly #events = new TopicIndex<Starter>();
  readonly #switchboard: EventSwitchboard<Starter>;
  readonly #unregister: readonly (() => void)[];
  #settings: RuleEngineSettings = { ignoreSysMessage: true };
  #nextOrder = 0;

  constructor(options: RuleEngineOptions) {
    const { broker, resource, functions, log, node, clock = systemClock } = options;
    this.#hooks = broker.hooks;
    this.#clock = clock;
    this.#node = node;
    this.#shared = {
      functions,
      directory: resource,
      publish: (request) => broker.publish(request),
      log,
      console: options.console ?? log,
      throttle: new Throttle(clock),
      nesting: { depth: 0 },
    };
    this.#switchboard = new EventSwitchboard(broker.hooks, this.#events, this.#origin, startInOrder);
    this.#unregister = [
      broker.hooks.onPublish((topic) => this.#handlerFor(topic)),
      clock.every(Rate.INTERVAL_MS, () => this.#sampleRates()),
    ];
  }

  get settings(): RuleEngineSettings {
    return this.#settings;
  }

  configure(settings: Partial<RuleEngineSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#hooks.invalidateTopics();
  }

  /**
   * Adds a rule or replaces the one with that id; its counters start at zero. Throws `SqlError` or `RuleConfigError`
   * and then changes nothing.
   */
  put(id: string, config: RuleConfig): RuleView {
    const old = this.#rules.get(id);
    const now = this.#clock.now();
    const rule = buildRule(
      id,
      config,
      {
        order: old?.order ?? this.#takeOrder(),
        createdAt: config.metadata?.created_at ?? old?.view.createdAt ?? now,
        lastModifiedAt: config.metadata?.last_modified_at ?? now,
      },
      this.#shared,
    );
    if (old !== undefined) this.#withdraw(old);
    this.#rules.set(id, rule);
    if (rule.view.enable) this.#file(rule);
    this.#changed();
    this.#warnOfMissingActions(rule);
    return rule.view;
  }

  /** Compiles a rule and keeps nothing of it. Throws as {@link put}. */
  check(id: string, config: RuleConfig): void {
    buildRule(id, config, { order: 0, createdAt: 0, lastModifiedAt: 0 }, this.#shared);
  }

  /** False when there is no such rule. */
  remove(id: string): boolean {
    const rule = this.#rules.get(id);
    if (rule === undefined) return false;
    this.#rules.delete(id);
    this.#withdraw(rule);
    this.#shared.throttle.forget(`${id}/`);
    this.#changed();
    return true;
  }

  get(id: string): RuleView | undefined {
    return this.#rules.get(id)?.view;
  }

  /** In the order in which they were added. */
  list(): readonly RuleView[] {
    return Array.from(this.#rules.values(), (rule) => rule.view);
  }

  /** Ids of the rules that name an action (`TYPE:NAME`). */
  rulesUsing(action: string): readonly string[] {
    return this.list()
      .filter((rule) => sinkIds(rule).includes(action))
      .map((rule) => rule.id);
  }

  metrics(id: string): RuleMetricsView {
    return this.#rule(id).metrics.view();
  }

  resetMetrics(id: string): void {
    this.#rule(id).metrics.reset();
  }

  /** Sets or, without a filter, removes an action's `local_topic`: messages on it go to the action without a rule. */
  setLocalTopic(action: string, filter: string | undefined): void {
    const old = this.#localTopics.get(action);
    if (old !== undefined) this.#topics.remove(old.filter, old);
    this.#localTopics.delete(action);
    if (filter !== undefined && filter !== '' && !filter.startsWith('$SYS/')) {
      const { directory, log, throttle } = this.#shared;
      const localTopic = new LocalTopic({ action, filter, order: this.#takeOrder(), directory, log, throttle });
      this.#localTopics.set(action, localTopic);
      this.#topics.add(filter, localTopic);
    }
    this.#hooks.invalidateTopics();
  }

  /**
   * Takes messages of a source (`TYPE:NAME`): they start the rules that name it, as `$bridges/TYPE:NAME` or
   * `$sources/TYPE:NAME`. Resolves when every action has taken them, durably where it is durable.
   */
  receive(source: string, messages: readonly RuleOutput[]): Promise<void> {
    let gate: AckGate | undefined;
    for (const message of messages) {
      gate = joinGates(gate, this.#feed(`$bridges/${source}`, message));
      gate = joinGates(gate, this.#feed(`$sources/${source}`, message));
    }
    return gateOpened(gate);
  }

  /** Starts the rules on an event that does not come from the broker, e.g. `alarm.activated`. */
  emit(event: string, columns: RuleOutput): void {
    const kind = eventKinds.find((candidate) => candidate.event === event);
    if (kind === undefined) throw new Error(`"${event}" is no event that rules can select from`);
    const starters = this.#switchboard.startersOf(kind);
    if (starters.length > 0) startInOrder(starters, new RecordInput({ ...columns, event }, this.#origin()));
  }

  /**
   * Tries SQL out on a made-up event. Throws `SqlError`, `TestContextError` or `EvaluationError`; see
   * `testErrorMessage` for the text that the SQL tester shows.
   */
  test(sql: string, context: Readonly<Record<string, unknown>>): TestResult {
    const compiled = compileSql(sql, this.#shared.functions);
    const ruleId = `sql_tester:${Math.random().toString(36).slice(2, 10)}`;
    return tryOut(this.#tryoutOf(compiled, ruleId), context).result;
  }

  /**
   * Tries a stored rule out, its actions included: they render what they would send, and send it too when `send` is
   * true. Counters of the rule stay untouched. Throws as {@link test}, and `RuleNotFoundError`.
   */
  testRule(id: string, context: Readonly<Record<string, unknown>>, send: boolean): TestResult {
    const rule = this.#rule(id);
    const { result, outputs, input } = tryOut(this.#tryoutOf(rule.compiled, id), context);
    for (const output of outputs) rule.tryActions(output, input, send);
    return result;
  }

  events(): readonly EventDescription[] {
    return describeEvents(this.#clock.now());
  }

  /** Takes its hands off the broker; rules start no more. */
  close(): void {
    this.#switchboard.close();
    for (const unregister of this.#unregister) unregister();
  }

  readonly #origin = (): EventOrigin => ({ node: this.#node, timestamp: this.#clock.now() });

  /** Asked once per topic name; the broker keeps the answer until rules change. */
  #handlerFor(topic: string): MessageHandler | undefined {
    const found = this.#topics.match(topic);
    if (found.size === 0 || (this.#settings.ignoreSysMessage && topic.startsWith('$SYS/'))) return undefined;
    const starters = inOrder([...found]);
    const [only] = starters;
    if (starters.length === 1 && only !== undefined) return (message) => only.start(this.#inputOf(message));
    return (message) => startAll(starters, this.#inputOf(message));
  }

  #inputOf(message: Message): RuleInput {
    return new EventInput(messagePublish, message, this.#node, message.timestamp, message);
  }

  #feed(topic: string, message: RuleOutput): AckGate | undefined {
    const starters = this.#events.exact(topic);
    if (starters.size === 0) return undefined;
    return startAll(inOrder([...starters]), new RecordInput({ ...message, event: topic }, this.#origin()));
  }

  #rule(id: string): Rule {
    const rule = this.#rules.get(id);
    if (rule === undefined) throw new RuleNotFoundError(id);
    return rule;
  }

  #tryoutOf(compiled: Rule['compiled'], ruleId: string) {
    return { compiled, context: contextOf(ruleId), node: this.#node, now: this.#clock.now(), ruleId };
  }

  #file(rule: Rule): void {
    for (const filter of rule.view.from) this.#indexOf(filter).add(filter, rule);
  }

  #withdraw(rule: Rule): void {
    for (const filter of rule.view.from) this.#indexOf(filter).remove(filter, rule);
  }

  #indexOf(filter: string): TopicIndex<Starter> {
    return isEventTopic(filter) ? this.#events : this.#topics;
  }

  #changed(): void {
    this.#switchboard.update();
    this.#hooks.invalidateTopics();
  }

  #takeOrder(): number {
    this.#nextOrder += 1;
    return this.#nextOrder;
  }

  #sampleRates(): void {
    for (const rule of this.#rules.values()) rule.metrics.sampleRate();
  }

  #warnOfMissingActions({ view }: Rule): void {
    const missing = sinkIds(view).filter((id) => this.#shared.directory.action(id) === undefined);
    if (missing.length === 0) return;
    this.#shared.log.warn(
      { rule: view.id, actions: missing },
      'rule names actions that do not exist; they are discarded until they do',
    );
  }
}

function sinkIds(rule: RuleView): readonly string[] {
  return rule.actions.flatMap((action, index) => {
    const reference = parseAction(action, `actions[${index}]`);
    return reference.kind === 'sink' ? [reference.id] : [];
  });
}

function inOrder(starters: readonly Starter[]): readonly Starter[] {
  return starters.toSorted((first, second) => first.order - second.order);
}

function startAll(starters: readonly Starter[], input: RuleInput): AckGate | undefined {
  let gate: AckGate | undefined;
  for (const starter of starters) gate = joinGates(gate, starter.start(input));
  return gate;
}

function startInOrder(starters: readonly Starter[], input: RuleInput): void {
  startAll(inOrder(starters), input);
}
