import { randomBytes } from 'node:crypto';
import { type ConnectPacket, ReasonCode } from '@millrace/mqtt-codec';
import type { AuthenticationResult, Credentials } from '../auth/ports.ts';
import type { Session } from '../session/session.ts';
import { Will } from '../session/will.ts';
import { createClientInfo } from './client-info.ts';
import { connackProperties } from './connack.ts';
import type { Connection } from './connection.ts';

/** CONNECT: checks, authentication, then the session. */
export function handleConnect(connection: Connection, packet: ConnectPacket): void {
  if (connection.state !== 'idle') {
    // [MQTT-3.1.0-2]
    connection.close({ reason: 'protocol_error', reasonCode: ReasonCode.protocol_error });
    return;
  }
  const { context } = connection;
  context.counters.clientConnect += 1;
  connection.state = 'connecting';
  connection.isVersion5 = packet.protocolVersion === 5;
  const clientId = chooseClientId(connection, packet);
  connection.info = createInfo(connection, packet, clientId ?? packet.clientId, {});
  const refusal = clientId === undefined ? ReasonCode.client_identifier_not_valid : findRefusal(connection, packet);
  if (refusal !== undefined) {
    connection.refuse(refusal, 'protocol_error');
    return;
  }
  authenticate(connection, packet);
}

/** Undefined when the client's own id cannot be used and none may be made up. */
function chooseClientId(connection: Connection, packet: ConnectPacket): string | undefined {
  const { settings } = connection.context;
  if (settings.useUsernameAsClientId && packet.username) return packet.username;
  // [MQTT-3.1.3-6]; before MQTT 5 only with clean session [MQTT-3.1.3-7]
  if (packet.clientId === '') {
    const mayAssign = packet.protocolVersion === 5 || (packet.protocolVersion === 4 && packet.cleanStart);
    return mayAssign ? `millrace_${randomBytes(10).toString('hex')}` : undefined;
  }
  return packet.clientId.length <= settings.maxClientIdLength ? packet.clientId : undefined;
}

function findRefusal(connection: Connection, packet: ConnectPacket): number | undefined {
  const { settings } = connection.context;
  if (packet.properties?.authenticationMethod !== undefined) return ReasonCode.bad_authentication_method;
  if (packet.will === undefined) return undefined;
  // [MQTT-3.2.2-12] [MQTT-3.2.2-13]
  if (packet.will.qos > settings.maxQosAllowed) return ReasonCode.qos_not_supported;
  if (packet.will.retain && !settings.retainAvailable) return ReasonCode.retain_not_supported;
  if (connection.context.topics.lookupText(packet.will.topic) === undefined) return ReasonCode.topic_name_invalid;
  return undefined;
}

function createInfo(
  connection: Connection,
  packet: ConnectPacket,
  clientId: string,
  attributes: Readonly<Record<string, string>>,
) {
  const { settings, clock } = connection.context;
  const keepAlive = settings.serverKeepAlive ?? packet.keepAlive;
  const facts = { clientId, transport: connection.transport, attributes, keepAlive, now: clock.now };
  return createClientInfo(packet, facts, settings);
}

function authenticate(connection: Connection, packet: ConnectPacket): void {
  const { auth, counters } = connection.context;
  counters.clientAuthenticate += 1;
  if (auth.authenticate === undefined) {
    settle(connection, packet, { result: 'allow', isAnonymous: true });
    return;
  }
  const answer = auth.authenticate(credentialsOf(connection, packet));
  if (!(answer instanceof Promise)) {
    settle(connection, packet, answer);
    return;
  }
  connection.flow.defer(
    answer,
    (result) => settle(connection, packet, result),
    (error) => {
      connection.context.log.error({ error, clientid: connection.info.clientId }, 'authentication failed to answer');
      settle(connection, packet, { result: 'deny' });
    },
  );
}

function credentialsOf(connection: Connection, packet: ConnectPacket): Credentials {
  const { clientId, username, peerHost, protocolName } = connection.info;
  return {
    clientId,
    username,
    password: packet.password,
    peerHost,
    protocolName,
    protocolVersion: packet.protocolVersion,
    listener: connection.owner.listenerId,
  };
}

function settle(connection: Connection, packet: ConnectPacket, answer: AuthenticationResult): void {
  const { counters, hooks, clock } = connection.context;
  clock.tick();
  const isAllowed = answer.result === 'allow';
  const isAnonymous = isAllowed && answer.isAnonymous === true;
  const isSuperuser = isAllowed && answer.isSuperuser === true;
  const reasonCode = isAllowed ? ReasonCode.success : (answer.reasonCode ?? ReasonCode.not_authorized);
  if (isAllowed && answer.attributes !== undefined) {
    connection.info = createInfo(connection, packet, connection.info.clientId, answer.attributes);
  }
  hooks.emit.authenticated?.({
    client: connection.info,
    reasonCode: isAllowed ? 'success' : reasonName(reasonCode),
    isAnonymous,
    isSuperuser,
  });
  if (!isAllowed) {
    counters.authenticationFailure += 1;
    connection.refuse(reasonCode, 'not_authorized');
    return;
  }
  counters.authenticationSuccess += 1;
  if (isAnonymous) {
    counters.authenticationAnonymous += 1;
    counters.clientAnonymous += 1;
  }
  connection.isSuperuser = isSuperuser;
  openSession(connection, packet);
}

function reasonName(reasonCode: number): string {
  return reasonCode === ReasonCode.bad_username_or_password ? 'bad_username_or_password' : 'not_authorized';
}

function openSession(connection: Connection, packet: ConnectPacket): void {
  const { context, info } = connection;
  connection.maximumPacketSize = packet.properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
  connection.receiveMaximum = info.receiveMaximum;
  const earlier = displace(connection, packet.cleanStart);
  const session = earlier ?? context.sessions.create(info);
  session.expiryInterval = info.sessionExpiryInterval;
  // A will that waited for the client to come back is not sent [MQTT-3.1.3-9].
  session.will?.cancel();
  session.will = packet.will === undefined ? undefined : new Will(context, packet.will, info);
  connection.session = session;
  connection.state = 'connected';
  context.sessions.connected(session);
  accept(connection, packet, earlier !== undefined);
  session.attach(connection);
  connection.owner.connected(connection);
}

/** Ends what there is of this client id; answers the session that goes on. */
function displace(connection: Connection, cleanStart: boolean): Session | undefined {
  const { sessions, counters } = connection.context;
  const { clientId } = connection.info;
  const isTakeOver = sessions.get(clientId)?.isConnected === true;
  // [MQTT-3.1.4-3]
  sessions.get(clientId)?.link?.terminate(ReasonCode.session_taken_over, cleanStart ? 'discarded' : 'takenover');
  // Closing the old connection ends a session without expiry.
  const session = sessions.get(clientId);
  if (session === undefined) return undefined;
  if (cleanStart) {
    // [MQTT-3.1.2-4]
    sessions.end(session, 'discarded');
    return undefined;
  }
  if (isTakeOver) counters.sessionTakenOver += 1;
  counters.sessionResumed += 1;
  return session;
}

/** CONNACK is the first packet a client gets [MQTT-3.2.0-1]. */
function accept(connection: Connection, packet: ConnectPacket, sessionPresent: boolean): void {
  const { context, info, isVersion5 } = connection;
  const properties = isVersion5 ? connackProperties(packet, info, context.settings) : undefined;
  connection.send({
    type: 'connack',
    // MQTT 3.1 has no such flag.
    sessionPresent: sessionPresent && packet.protocolVersion !== 3,
    reasonCode: ReasonCode.success,
    ...(properties && { properties }),
  });
  context.counters.connackSent += 1;
  context.counters.clientConnack += 1;
  context.counters.clientConnected += 1;
  const reasonCode = isVersion5 ? 'success' : 'connection_accepted';
  context.hooks.emit.clientConnack?.({ client: info, reasonCode });
  connection.startKeepAlive(info.keepAlive);
}
