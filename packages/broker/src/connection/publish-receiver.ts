import { type PublishView, ReasonCode } from '@millrace/mqtt-codec';
import type { AuthorizationResult } from '../auth/ports.ts';
import { Publication } from '../delivery/publication.ts';
import { copyView, WireView } from '../delivery/wire-view.ts';
import type { AckGate } from '../message.ts';
import type { TopicEntry } from '../topic/topic-cache.ts';
import type { Connection } from './connection.ts';
import { TopicAliases, withoutAlias } from './topic-aliases.ts';

/** The message object of the last publish, when nobody kept it. Most messages are gone when their turn ends. */
let spare: Publication | undefined;

/** The PUBLISH packets of one connection, on their way to the router. Made when the client first publishes. */
export class PublishReceiver {
  readonly #connection: Connection;
  /** Devices publish to one topic again and again. */
  #lastEntry: TopicEntry | undefined;
  #aliases: TopicAliases | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  receive(view: PublishView): void {
    if (view.topicAlias !== 0) {
      this.#receiveAliased(view);
      return;
    }
    const entry = this.#entry(view);
    if (entry === undefined) {
      this.#refuseTopic();
      return;
    }
    this.#authorize(view, entry);
  }

  #entry(view: PublishView): TopicEntry | undefined {
    const { topics } = this.#connection.context;
    const last = this.#lastEntry;
    if (
      last !== undefined &&
      last.version === topics.version &&
      last.hasBytes(view.bytes, view.topicStart, view.topicEnd)
    ) {
      return last;
    }
    const entry = topics.lookup(view.bytes, view.topicStart, view.topicEnd);
    this.#lastEntry = entry;
    return entry;
  }

  #receiveAliased(view: PublishView): void {
    const connection = this.#connection;
    this.#aliases ??= new TopicAliases(connection.context.settings.maxTopicAlias);
    const alias = view.topicAlias;
    const isNew = view.topicStart !== view.topicEnd;
    const entry = isNew ? this.#entry(view) : this.#aliases.get(alias);
    if (isNew && entry === undefined) {
      this.#refuseTopic();
      return;
    }
    if (entry === undefined || !this.#aliases.allows(alias)) {
      // [MQTT-3.3.2-8] [MQTT-3.3.2-9]
      const reasonCode =
        entry === undefined && this.#aliases.allows(alias) ? ReasonCode.protocol_error : ReasonCode.topic_alias_invalid;
      connection.close({ reason: 'protocol_error', reasonCode });
      return;
    }
    this.#aliases.set(alias, entry);
    this.#authorize(withoutAlias(view, entry), this.#fresh(entry));
  }

  /** The alias may be older than a change of subscriptions. */
  #fresh(entry: TopicEntry): TopicEntry {
    const { topics } = this.#connection.context;
    if (entry.version === topics.version) return entry;
    return topics.lookup(entry.bytes, 0, entry.bytes.length) ?? entry;
  }

  #refuseTopic(): void {
    const connection = this.#connection;
    connection.context.counters.publishError += 1;
    connection.close({ reason: 'topic_name_invalid', reasonCode: ReasonCode.topic_name_invalid });
  }

  #authorize(view: PublishView, entry: TopicEntry): void {
    const connection = this.#connection;
    if (entry.isSystem) {
      this.#deny(view, 'ignore');
      return;
    }
    if (connection.context.auth.authorize === undefined || connection.isSuperuser) {
      this.#accept(view, entry);
      return;
    }
    const answer = connection.authorizations.ask('publish', entry.topic, view.qos, view.retain);
    if (!(answer instanceof Promise)) {
      this.#authorized(view, entry, answer);
      return;
    }
    const copy = view instanceof WireView ? view : copyView(view);
    connection.flow.defer(
      answer,
      (result) => this.#authorized(copy, this.#fresh(entry), result),
      () => connection.close({ reason: 'internal_error', reasonCode: ReasonCode.unspecified_error }),
    );
  }

  #authorized(view: PublishView, entry: TopicEntry, answer: AuthorizationResult): void {
    if (answer.result === 'allow') this.#accept(view, entry);
    else this.#deny(view, answer.denyAction ?? 'ignore');
  }

  #deny(view: PublishView, action: 'ignore' | 'disconnect'): void {
    const connection = this.#connection;
    connection.context.counters.publishAuthError += 1;
    if (action === 'disconnect') {
      connection.close({ reason: 'not_authorized', reasonCode: ReasonCode.not_authorized });
    } else if (view.qos > 0) {
      connection.acknowledge(view.qos, view.packetId, ReasonCode.not_authorized, undefined);
    }
  }

  #accept(view: PublishView, entry: TopicEntry): void {
    const { context, receivedTraffic: received } = this.#connection;
    const { counters } = context;
    if (view.qos === 0) {
      counters.qos0Received += 1;
      received.qos0 += 1;
    } else if (view.qos === 1) {
      counters.qos1Received += 1;
      received.qos1 += 1;
    } else {
      counters.qos2Received += 1;
      received.qos2 += 1;
    }
    if ((view.retain && !context.settings.retainAvailable) || view.qos > context.settings.maxQosAllowed) {
      this.#refuseUnsupported(view);
    } else if (view.qos === 2) this.#publishOnce(view, entry);
    else this.#publish(view, entry);
  }

  #refuseUnsupported(view: PublishView): void {
    const isQos = view.qos > this.#connection.context.settings.maxQosAllowed;
    // [MQTT-3.2.2-12] [MQTT-3.2.2-14]
    const reasonCode = isQos ? ReasonCode.qos_not_supported : ReasonCode.retain_not_supported;
    this.#connection.close({ reason: isQos ? 'qos_not_supported' : 'retain_not_supported', reasonCode });
  }

  /** QoS 2: a message is routed when it first comes; its id is remembered until PUBREL [MQTT-4.3.3-10]. */
  #publishOnce(view: PublishView, entry: TopicEntry): void {
    const connection = this.#connection;
    const { context, session } = connection;
    const awaiting = session.awaitingRelease;
    if (awaiting.has(view.packetId)) {
      this.#repeat(view, entry);
    } else if (awaiting.size >= context.settings.maxAwaitingRel) {
      this.#exceed(view, entry);
    } else {
      awaiting.add(view.packetId, context.clock.now);
      this.#publish(view, entry);
    }
  }

  #repeat(view: PublishView, entry: TopicEntry): void {
    const connection = this.#connection;
    connection.context.counters.publishInUse += 1;
    if (!view.dup) this.#reportDropped(view, entry, 'packet_identifier_inuse');
    const reasonCode = view.dup ? ReasonCode.success : ReasonCode.packet_identifier_inuse;
    connection.acknowledge(2, view.packetId, reasonCode, undefined);
  }

  #exceed(view: PublishView, entry: TopicEntry): void {
    const { counters } = this.#connection.context;
    counters.publishDropped += 1;
    counters.droppedReceiveMaximum += 1;
    this.#reportDropped(view, entry, 'receive_maximum_exceeded');
    // [MQTT-3.3.4-8]
    this.#connection.close({ reason: 'receive_maximum_exceeded', reasonCode: ReasonCode.receive_maximum_exceeded });
  }

  #reportDropped(view: PublishView, entry: TopicEntry, reason: string): void {
    const { context, info, isVersion5 } = this.#connection;
    const { messageDropped } = context.hooks.emit;
    if (messageDropped === undefined) return;
    const message = new Publication();
    message.receive(view, isVersion5, entry, info, context.clock.now);
    messageDropped({ message, reason });
  }

  /**
   * The end of the inbound path. The message object is used again unless someone kept it: a broker that only passes messages on makes
   * no garbage.
   */
  #publish(view: PublishView, entry: TopicEntry): void {
    const connection = this.#connection;
    const { context } = connection;
    const { router } = context;
    const publication = spare ?? new Publication();
    spare = undefined;
    publication.receive(view, connection.isVersion5, entry, connection.info, context.clock.now);
    const gate = router.publish(publication);
    if (!publication.isKept) spare = publication;
    if (view.qos > 0) this.#acknowledge(view, gate, router.receivers);
    if (router.congested !== undefined) this.#slowDown();
  }

  #acknowledge(view: PublishView, gate: AckGate | undefined, receivers: number): void {
    const reasonCode = receivers === 0 ? ReasonCode.no_matching_subscribers : ReasonCode.success;
    this.#connection.acknowledge(view.qos, view.packetId, reasonCode, gate);
  }

  #slowDown(): void {
    const { router } = this.#connection.context;
    router.congested?.hold(this.#connection.flow);
    router.congested = undefined;
  }
}
