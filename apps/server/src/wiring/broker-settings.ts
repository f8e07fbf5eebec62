import type { MqttSettings, RetainerSettings, SharedStrategy, SysSettings } from '@millrace/broker';
import { SHARED_STRATEGIES } from '@millrace/broker';
import type { Config } from '@millrace/config';

/** The `mqtt` root in the broker's words. Durations of MQTT itself are in seconds there. */
export function mqttSettings(mqtt: Config['mqtt']): MqttSettings {
  return {
    idleTimeoutMs: mqtt.idle_timeout,
    maxPacketSize: mqtt.max_packet_size,
    maxClientIdLength: mqtt.max_clientid_len,
    maxTopicLevels: mqtt.max_topic_levels,
    maxTopicAlias: mqtt.max_topic_alias,
    retainAvailable: mqtt.retain_available,
    wildcardSubscription: mqtt.wildcard_subscription,
    sharedSubscription: mqtt.shared_subscription,
    sharedSubscriptionStrategy: sharedStrategy(mqtt.shared_subscription_strategy),
    exclusiveSubscription: mqtt.exclusive_subscription,
    ignoreLoopDeliver: mqtt.ignore_loop_deliver,
    responseInformation: mqtt.response_information,
    serverKeepAlive: mqtt.server_keepalive === 'disabled' ? undefined : mqtt.server_keepalive,
    keepAliveMultiplier: mqtt.keepalive_multiplier,
    useUsernameAsClientId: mqtt.use_username_as_clientid,
    sessionExpiryInterval: mqtt.session_expiry_interval / 1000,
    messageExpiryInterval: mqtt.message_expiry_interval / 1000,
    maxAwaitingRel: mqtt.max_awaiting_rel,
    awaitRelTimeoutMs: mqtt.await_rel_timeout,
    maxQosAllowed: mqtt.max_qos_allowed as 0 | 1 | 2,
    mqueueStoreQos0: mqtt.mqueue_store_qos0,
    maxMqueueLength: mqtt.max_mqueue_len,
    maxInflight: mqtt.max_inflight,
    maxSubscriptions: mqtt.max_subscriptions,
    upgradeQos: mqtt.upgrade_qos,
  };
}

export function retainerSettings(retainer: Config['retainer']): RetainerSettings {
  return {
    enable: retainer.enable,
    messageExpiryMs: retainer.msg_expiry_interval,
    maxPayloadSize: retainer.max_payload_size,
    maxRetainedMessages: finiteOrZero(retainer.backend.max_retained_messages),
    stopPublishClearMessage: retainer.stop_publish_clear_msg,
  };
}

export function sysSettings(sys: Config['sys_topics']): SysSettings {
  const events = sys.sys_event_messages;
  return {
    heartbeatIntervalMs: intervalOrOff(sys.sys_heartbeat_interval),
    messageIntervalMs: intervalOrOff(sys.sys_msg_interval),
    clientConnected: events.client_connected,
    clientDisconnected: events.client_disconnected,
    clientSubscribed: events.client_subscribed,
    clientUnsubscribed: events.client_unsubscribed,
  };
}

/** `local` and `round_robin_per_group` differ from plain round robin only between nodes of a cluster. */
function sharedStrategy(strategy: Config['mqtt']['shared_subscription_strategy']): SharedStrategy {
  return SHARED_STRATEGIES.find((known) => known === strategy) ?? 'round_robin';
}

function intervalOrOff(interval: number | 'disabled'): number {
  return interval === 'disabled' ? 0 : interval;
}

function finiteOrZero(count: number): number {
  return count === Infinity ? 0 : count;
}
