import { protocolError } from './malformed.ts';
import type { ProtocolVersion } from './packet.ts';

/** The packets that carry an MQTT 5 reason code. */
export type ReasonCodeOwner =
  | 'connack'
  | 'puback'
  | 'pubrec'
  | 'pubrel'
  | 'pubcomp'
  | 'suback'
  | 'unsuback'
  | 'disconnect'
  | 'auth';

/** Number of each reason code by the name EMQX gives it, to write codes by name. Codes with several names have each. */
export const ReasonCode = {
  success: 0x00,
  normal_disconnection: 0x00,
  granted_qos0: 0x00,
  granted_qos1: 0x01,
  granted_qos2: 0x02,
  disconnect_with_will_message: 0x04,
  no_matching_subscribers: 0x10,
  no_subscription_existed: 0x11,
  continue_authentication: 0x18,
  re_authenticate: 0x19,
  unspecified_error: 0x80,
  malformed_packet: 0x81,
  protocol_error: 0x82,
  implementation_specific_error: 0x83,
  unsupported_protocol_version: 0x84,
  client_identifier_not_valid: 0x85,
  bad_username_or_password: 0x86,
  not_authorized: 0x87,
  server_unavailable: 0x88,
  server_busy: 0x89,
  banned: 0x8a,
  server_shutting_down: 0x8b,
  bad_authentication_method: 0x8c,
  keepalive_timeout: 0x8d,
  session_taken_over: 0x8e,
  topic_filter_invalid: 0x8f,
  topic_name_invalid: 0x90,
  packet_identifier_inuse: 0x91,
  packet_identifier_not_found: 0x92,
  receive_maximum_exceeded: 0x93,
  topic_alias_invalid: 0x94,
  packet_too_large: 0x95,
  message_rate_too_high: 0x96,
  quota_exceeded: 0x97,
  administrative_action: 0x98,
  payload_format_invalid: 0x99,
  retain_not_supported: 0x9a,
  qos_not_supported: 0x9b,
  use_another_server: 0x9c,
  server_moved: 0x9d,
  shared_subscriptions_not_supported: 0x9e,
  connection_rate_exceeded: 0x9f,
  maximum_connect_time: 0xa0,
  subscription_identifiers_not_supported: 0xa1,
  wildcard_subscriptions_not_supported: 0xa2,
} as const;

export type ReasonCodeName = keyof typeof ReasonCode;

/** Return codes of CONNACK before MQTT 5. */
export const ReturnCode = {
  connection_accepted: 0,
  unacceptable_protocol_version: 1,
  client_identifier_not_valid: 2,
  server_unavailable: 3,
  malformed_username_or_password: 4,
  unauthorized_client: 5,
} as const;

const acknowledged = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
const released = [0x00, 0x92];
const disconnectedByBoth = [0x00, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99];
const disconnectedByServer = [0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2];

/** The codes that a server may send. */
const FROM_SERVER: Readonly<Record<ReasonCodeOwner, ReadonlySet<number>>> = {
  connack: new Set([
    0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b,
    0x9c, 0x9d, 0x9f,
  ]),
  puback: new Set(acknowledged),
  pubrec: new Set(acknowledged),
  pubrel: new Set(released),
  pubcomp: new Set(released),
  suback: new Set([0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2]),
  unsuback: new Set([0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91]),
  disconnect: new Set([...disconnectedByBoth, ...disconnectedByServer]),
  auth: new Set([0x00, 0x18]),
};

/** The codes that a client may send, where they differ. */
const FROM_CLIENT: Readonly<Partial<Record<ReasonCodeOwner, ReadonlySet<number>>>> = {
  disconnect: new Set([...disconnectedByBoth, 0x04]),
  auth: new Set([0x18, 0x19]),
};

/** Name of 0 where it is not `success`. */
const ZERO_NAMES: Readonly<Partial<Record<ReasonCodeOwner, ReasonCodeName>>> = {
  suback: 'granted_qos0',
  disconnect: 'normal_disconnection',
};

/** The later of two names of one number would win, so the names are put in from the back. */
const NAME_BY_CODE = new Map<number, ReasonCodeName>(
  Object.entries(ReasonCode)
    .reverse()
    .map(([name, code]) => [code, name as ReasonCodeName]),
);

const NAME_BY_RETURN_CODE = new Map(Object.entries(ReturnCode).map(([name, code]) => [code as number, name]));

/** EMQX's name of a reason code in that packet; `unknown_error` when MQTT 5 knows no such code. */
export function reasonCodeName(code: number, owner?: ReasonCodeOwner): string {
  const zeroName = code === 0 && owner !== undefined ? ZERO_NAMES[owner] : undefined;
  return zeroName ?? NAME_BY_CODE.get(code) ?? 'unknown_error';
}

/** Name of the code in a CONNACK of that version: a return code before MQTT 5, a reason code since. */
export function connackCodeName(code: number, version: ProtocolVersion): string {
  return version === 5 ? reasonCodeName(code, 'connack') : (NAME_BY_RETURN_CODE.get(code) ?? 'unknown_error');
}

/** Whether a packet of MQTT 5 may carry the code. */
export function isReasonCodeOf(owner: ReasonCodeOwner, code: number, isFromServer: boolean): boolean {
  const allowed = (isFromServer ? undefined : FROM_CLIENT[owner]) ?? FROM_SERVER[owner];
  return allowed.has(code);
}

/** Throws unless a packet of MQTT 5 may carry the code. */
export function checkReasonCode(owner: ReasonCodeOwner, code: number, isFromServer: boolean, statement: string): void {
  if (isReasonCodeOf(owner, code, isFromServer)) return;
  throw protocolError(`0x${code.toString(16)} is no reason code of ${owner.toUpperCase()} here`, statement);
}

/** The return code that tells a client before MQTT 5 what a reason code of CONNACK tells the others. */
export function returnCodeOf(reasonCode: number): number {
  switch (reasonCode) {
    case ReasonCode.success:
      return ReturnCode.connection_accepted;
    case ReasonCode.malformed_packet:
    case ReasonCode.protocol_error:
    case ReasonCode.unsupported_protocol_version:
      return ReturnCode.unacceptable_protocol_version;
    case ReasonCode.client_identifier_not_valid:
      return ReturnCode.client_identifier_not_valid;
    case ReasonCode.bad_username_or_password:
      return ReturnCode.malformed_username_or_password;
    case ReasonCode.not_authorized:
    case ReasonCode.banned:
    case ReasonCode.bad_authentication_method:
      return ReturnCode.unauthorized_client;
    default:
      return ReturnCode.server_unavailable;
  }
}
