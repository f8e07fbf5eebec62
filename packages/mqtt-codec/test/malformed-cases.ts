import type { ProtocolVersion } from '../src/index.ts';
import type { Sender } from './collect.ts';

/** Bytes that a reader refuses. */
export interface MalformedCase {
  readonly name: string;
  readonly version: ProtocolVersion;
  readonly from: Sender;
  /** False when the bytes come first on their connection. */
  readonly isGreeted: boolean;
  readonly bytes: string;
  readonly reasonCode: number;
  readonly statement?: string;
}

const MALFORMED = 0x81;
const PROTOCOL_ERROR = 0x82;
const UNSUPPORTED_VERSION = 0x84;
const FILTER_INVALID = 0x8f;
const NAME_INVALID = 0x90;
const ALIAS_INVALID = 0x94;

type Row = readonly [name: string, bytes: string, reasonCode: number, statement?: string];

/** 3.1.1 and 5.0 at codec level. The reader's limit on sizes is tested beside it. */
export const MALFORMED_CASES: readonly MalformedCase[] = [
  ...rows(4, 'client', false, firstPackets()),
  ...rows(3, 'client', false, [
    ['MQIsdp with level 4', '10 12 0006 "MQIsdp" 04 02 003c 0004 "test"', UNSUPPORTED_VERSION, 'MQTT-3.1.2-1'],
  ]),
  ...rows(4, 'client', false, connects4()),
  ...rows(5, 'client', false, connects5()),
  ...rows(4, 'client', true, packets4()),
  ...rows(5, 'client', true, packets5()),
  ...rows(5, 'client', true, properties5()),
  ...rows(4, 'server', false, [
    ['SUBACK before CONNACK', '90 03 0001 00', PROTOCOL_ERROR, 'MQTT-3.2.0-1'],
    ['AUTH before CONNACK of 3.1.1', 'f0 00', PROTOCOL_ERROR, 'MQTT-3.2.0-1'],
    ['CONNACK with a reserved flag', '20 02 02 00', MALFORMED, 'MQTT-3.2.2-1'],
    ['CONNACK with a session and a refusal', '20 02 01 05', PROTOCOL_ERROR, 'MQTT-3.2.2-6'],
    ['CONNACK with return code 6', '20 02 00 06', MALFORMED],
    ['CONNACK cut short', '20 01 00', MALFORMED],
    ['CONNACK of 3.1.1 with properties', '20 03 00 00 00', MALFORMED],
  ]),
  ...rows(5, 'server', false, [
    ['CONNACK with a reason code that it does not have', '20 03 00 10 00', PROTOCOL_ERROR, 'MQTT-3.2.2-8'],
    ['CONNACK of 5.0 without properties', '20 02 00 00', MALFORMED],
    ['CONNACK with maximum QoS 2', '20 05 00 00 02 24 02', PROTOCOL_ERROR],
    ['CONNACK with retain available 2', '20 05 00 00 02 25 02', PROTOCOL_ERROR],
    ['CONNACK with a receive maximum of 0', '20 06 00 00 03 21 0000', PROTOCOL_ERROR],
    ['CONNACK with a maximum packet size of 0', '20 08 00 00 05 27 00000000', PROTOCOL_ERROR],
    ['CONNACK with a topic alias', '20 06 00 00 03 23 0001', MALFORMED],
  ]),
  ...rows(4, 'server', true, [
    ['second CONNACK', '20 02 00 00', PROTOCOL_ERROR, 'MQTT-3.2.0-2'],
    ['CONNECT of a server', '10 10 0004 "MQTT" 04 02 003c 0004 "test"', PROTOCOL_ERROR],
    ['SUBSCRIBE of a server', '82 08 0001 0003 "a/b" 01', PROTOCOL_ERROR],
    ['PINGREQ of a server', 'c0 00', PROTOCOL_ERROR],
    ['DISCONNECT of a 3.1.1 server', 'e0 00', PROTOCOL_ERROR],
    ['SUBACK with return code 3', '90 03 0001 03', MALFORMED, 'MQTT-3.9.3-2'],
    ['SUBACK without return codes', '90 02 0001', PROTOCOL_ERROR, 'MQTT-3.8.4-6'],
    ['UNSUBACK with something behind it', 'b0 03 0001 00', MALFORMED],
  ]),
  ...rows(5, 'server', true, [
    ['SUBACK with a reason code that it does not have', '90 04 0001 00 10', PROTOCOL_ERROR, 'MQTT-3.9.3-2'],
    ['UNSUBACK with a reason code that it does not have', 'b0 04 0001 00 01', PROTOCOL_ERROR, 'MQTT-3.11.3-2'],
    ['UNSUBACK without reason codes', 'b0 03 0001 00', PROTOCOL_ERROR, 'MQTT-3.11.3-1'],
    ['DISCONNECT with will of a server', 'e0 01 04', PROTOCOL_ERROR, 'MQTT-3.14.2-1'],
    ['session expiry of a server', 'e0 07 00 05 11 00000001', PROTOCOL_ERROR, 'MQTT-3.14.2-2'],
    ['AUTH of a server asking to authenticate again', 'f0 06 19 04 15 0001 "m"', PROTOCOL_ERROR, 'MQTT-3.15.2-1'],
  ]),
];

function firstPackets(): Row[] {
  return [
    ['PINGREQ before CONNECT', 'c0 00', PROTOCOL_ERROR, 'MQTT-3.1.0-1'],
    ['PUBLISH before CONNECT', '30 05 0003 "a/b"', PROTOCOL_ERROR, 'MQTT-3.1.0-1'],
    ['HTTP', '"GET / HTTP/1.1"', PROTOCOL_ERROR, 'MQTT-3.1.0-1'],
    ['a TLS greeting', '16 0301 0001 00', MALFORMED, 'MQTT-2.1.3-1'],
    ['CONNECT with flags', '11 10 0004 "MQTT" 04 02 003c 0004 "test"', MALFORMED, 'MQTT-2.1.3-1'],
    ['a remaining length of five bytes', '10 ff ff ff ff 01', MALFORMED, 'MQTT-1.5.5-1'],
    ['another protocol name', '10 10 0004 "MQTS" 04 02 003c 0004 "test"', UNSUPPORTED_VERSION, 'MQTT-3.1.2-1'],
    ['MQTT with level 3', '10 10 0004 "MQTT" 03 02 003c 0004 "test"', UNSUPPORTED_VERSION, 'MQTT-3.1.2-2'],
    ['MQTT with level 6', '10 10 0004 "MQTT" 06 02 003c 0004 "test"', UNSUPPORTED_VERSION, 'MQTT-3.1.2-2'],
    ['an empty CONNECT', '10 00', MALFORMED],
  ];
}

function connects4(): Row[] {
  const connect = (flags: string, payload: string) => `0004 "MQTT" 04 ${flags} 003c ${payload}`;
  return [
    ['reserved connect flag', `10 10 ${connect('03', '0004 "test"')}`, MALFORMED, 'MQTT-3.1.2-3'],
    ['will QoS without a will', `10 10 ${connect('0a', '0004 "test"')}`, MALFORMED, 'MQTT-3.1.2-11'],
    ['will QoS 3', `10 16 ${connect('1e', '0004 "test" 0001 "w" 0001 "p"')}`, MALFORMED, 'MQTT-3.1.2-12'],
    ['will retain without a will', `10 10 ${connect('22', '0004 "test"')}`, MALFORMED, 'MQTT-3.1.2-13'],
    ['password without a user name', `10 13 ${connect('42', '0004 "test" 0001 "p"')}`, MALFORMED, 'MQTT-3.1.2-22'],
    ['user name flag without a user name', `10 10 ${connect('82', '0004 "test"')}`, MALFORMED],
    ['bytes behind the payload', `10 11 ${connect('02', '0004 "test" 00')}`, MALFORMED],
    ['client id longer than the packet', `10 10 ${connect('02', '0005 "test"')}`, MALFORMED],
    ['client id with U+0000', `10 10 ${connect('02', '0004 "te" 00 "t"')}`, MALFORMED, 'MQTT-1.5.4-2'],
    ['client id with a surrogate', `10 0f ${connect('02', '0003 eda080')}`, MALFORMED, 'MQTT-1.5.4-1'],
    ['client id in overlong form', `10 0e ${connect('02', '0002 c080')}`, MALFORMED, 'MQTT-1.5.4-1'],
    ['client id above U+10FFFF', `10 10 ${connect('02', '0004 f4908080')}`, MALFORMED, 'MQTT-1.5.4-1'],
    ['client id ending inside a character', `10 0e ${connect('02', '0002 e282')}`, MALFORMED, 'MQTT-1.5.4-1'],
    ['user name with a stray byte', `10 13 ${connect('82', '0004 "test" 0001 80')}`, MALFORMED, 'MQTT-1.5.4-1'],
    [
      'will topic with a wildcard',
      `10 16 ${connect('06', '0004 "test" 0001 "#" 0001 "p"')}`,
      NAME_INVALID,
      'MQTT-3.3.2-2',
    ],
    ['empty will topic', `10 15 ${connect('06', '0004 "test" 0000 0001 "p"')}`, NAME_INVALID, 'MQTT-4.7.3-1'],
  ];
}

function connects5(): Row[] {
  const connect = (properties: string) => `0004 "MQTT" 05 02 003c ${properties} 0000`;
  return [
    ['receive maximum of 0', `10 10 ${connect('03 21 0000')}`, PROTOCOL_ERROR],
    ['maximum packet size of 0', `10 12 ${connect('05 27 00000000')}`, PROTOCOL_ERROR],
    ['request problem information of 2', `10 0f ${connect('02 17 02')}`, PROTOCOL_ERROR],
    ['request response information of 2', `10 0f ${connect('02 19 02')}`, PROTOCOL_ERROR],
    ['session expiry interval twice', `10 17 ${connect('0a 11 00000001 11 00000001')}`, PROTOCOL_ERROR],
    ['authentication data without a method', `10 11 ${connect('04 16 0001 01')}`, PROTOCOL_ERROR],
    ['will delay outside of the will', `10 12 ${connect('05 18 00000001')}`, MALFORMED],
    ['property that only CONNACK has', `10 0f ${connect('02 24 01')}`, MALFORMED],
    ['properties longer than the packet', '10 0d 0004 "MQTT" 05 02 003c 05 11 00', MALFORMED],
    ['a remaining length of two bytes where one does', `10 8d00 ${connect('00')}`, MALFORMED, 'MQTT-1.5.5-1'],
    ['a property length of two bytes where one does', `10 0e ${connect('8000')}`, MALFORMED, 'MQTT-1.5.5-1'],
    ['will with a topic alias', '10 16 0004 "MQTT" 05 06 003c 00 0000 03 23 0001 0001 "w" 0000', MALFORMED],
    ['will with payload format 2', '10 15 0004 "MQTT" 05 06 003c 00 0000 02 01 02 0001 "w" 0000', PROTOCOL_ERROR],
  ];
}

function packets4(): Row[] {
  return [
    ['packet type 0', '00 00', MALFORMED],
    ['AUTH of 3.1.1', 'f0 00', MALFORMED],
    ['second CONNECT', '10 10 0004 "MQTT" 04 02 003c 0004 "test"', PROTOCOL_ERROR, 'MQTT-3.1.0-2'],
    ['CONNACK of a client', '20 02 00 00', PROTOCOL_ERROR],
    ['SUBACK of a client', '90 03 0001 00', PROTOCOL_ERROR],
    ['UNSUBACK of a client', 'b0 02 0001', PROTOCOL_ERROR],
    ['PINGRESP of a client', 'd0 00', PROTOCOL_ERROR],
    ['PINGREQ with flags', 'c1 00', MALFORMED, 'MQTT-2.1.3-1'],
    ['PINGREQ with a body', 'c0 01 00', MALFORMED],
    ['DISCONNECT with flags', 'e2 00', MALFORMED, 'MQTT-3.14.1-1'],
    ['DISCONNECT of 3.1.1 with a body', 'e0 01 00', MALFORMED],
    ['a remaining length of five bytes, later', '30 80 80 80 80 01', MALFORMED, 'MQTT-1.5.5-1'],
    ['PUBLISH QoS 3', '36 07 0003 "a/b" 0001', MALFORMED, 'MQTT-3.3.1-4'],
    ['PUBLISH QoS 0 with DUP', '38 05 0003 "a/b"', MALFORMED, 'MQTT-3.3.1-2'],
    ['PUBLISH with packet id 0', '32 07 0003 "a/b" 0000', MALFORMED, 'MQTT-2.2.1-3'],
    ['PUBLISH without a packet id', '32 05 0003 "a/b"', MALFORMED],
    ['PUBLISH ending inside its packet id', '32 06 0003 "a/b" 01', MALFORMED],
    ['PUBLISH ending inside its topic', '30 05 0004 "a/b"', MALFORMED],
    ['PUBLISH ending inside its topic length', '30 01 00', MALFORMED],
    ['empty PUBLISH', '30 00', MALFORMED],
    ['PUBLISH without a topic', '30 02 0000', PROTOCOL_ERROR, 'MQTT-4.7.3-1'],
    ['PUBACK with flags', '42 02 0001', MALFORMED, 'MQTT-2.1.3-1'],
    ['PUBREC with flags', '51 02 0001', MALFORMED, 'MQTT-2.1.3-1'],
    ['PUBREL without its flag', '60 02 0001', MALFORMED, 'MQTT-3.6.1-1'],
    ['PUBREL of 3.1.1 with DUP', '6a 02 0001', MALFORMED, 'MQTT-3.6.1-1'],
    ['PUBCOMP with flags', '78 02 0001', MALFORMED, 'MQTT-2.1.3-1'],
    ['PUBACK with packet id 0', '40 02 0000', MALFORMED, 'MQTT-2.2.1-3'],
    ['PUBACK cut short', '40 01 00', MALFORMED],
    ['empty PUBACK', '40 00', MALFORMED],
    ['PUBACK of 3.1.1 with a reason code', '40 03 0001 00', MALFORMED],
    ['SUBSCRIBE without its flag', '80 08 0001 0003 "a/b" 01', MALFORMED, 'MQTT-3.8.1-1'],
    ['SUBSCRIBE with packet id 0', '82 08 0000 0003 "a/b" 01', MALFORMED, 'MQTT-2.2.1-3'],
    ['SUBSCRIBE without filters', '82 02 0001', PROTOCOL_ERROR, 'MQTT-3.8.3-2'],
    ['SUBSCRIBE without a QoS', '82 07 0001 0003 "a/b"', MALFORMED],
    ['SUBSCRIBE to QoS 3', '82 08 0001 0003 "a/b" 03', MALFORMED, 'MQTT-3-8.3-4'],
    ['SUBSCRIBE with reserved bits', '82 08 0001 0003 "a/b" 04', MALFORMED, 'MQTT-3-8.3-4'],
    ['SUBSCRIBE to nothing', '82 05 0001 0000 01', FILTER_INVALID, 'MQTT-4.7.3-1'],
    ['SUBSCRIBE with # amid the filter', '82 08 0001 0003 "#/b" 01', FILTER_INVALID, 'MQTT-4.7.1-1'],
    ['SUBSCRIBE with # beside text', '82 08 0001 0003 "ab#" 01', FILTER_INVALID, 'MQTT-4.7.1-1'],
    ['SUBSCRIBE with + beside text', '82 08 0001 0003 "a+b" 01', FILTER_INVALID, 'MQTT-4.7.1-2'],
    ['SUBSCRIBE with U+0000', '82 08 0001 0003 "a" 00 "b" 01', MALFORMED, 'MQTT-1.5.4-2'],
    ['shared filter without a group', '82 0e 0001 0009 "$share//a" 01', FILTER_INVALID, 'MQTT-4.8.2-1'],
    ['shared filter without a filter', '82 0e 0001 0009 "$share/g/" 01', FILTER_INVALID, 'MQTT-4.8.2-2'],
    ['shared filter that ends behind its group', '82 0d 0001 0008 "$share/g" 01', FILTER_INVALID, 'MQTT-4.8.2-2'],
    ['shared filter with a wildcard in its group', '82 0f 0001 000a "$share/+/a" 01', FILTER_INVALID, 'MQTT-4.8.2-2'],
    ['UNSUBSCRIBE without its flag', 'a0 07 0001 0003 "a/b"', MALFORMED, 'MQTT-3.10.1-1'],
    ['UNSUBSCRIBE without filters', 'a2 02 0001', PROTOCOL_ERROR, 'MQTT-3.10.3-2'],
    ['UNSUBSCRIBE with packet id 0', 'a2 07 0000 0003 "a/b"', MALFORMED, 'MQTT-2.2.1-3'],
    ['UNSUBSCRIBE ending inside a filter', 'a2 06 0001 0001 "#" 00', MALFORMED],
    ['UNSUBSCRIBE with an invalid filter', 'a2 06 0001 0002 "a#"', FILTER_INVALID, 'MQTT-4.7.1-1'],
  ];
}

function packets5(): Row[] {
  const shared = '000a "$share/g/a"';
  return [
    ['PUBLISH with neither topic nor alias', '30 03 0000 00', PROTOCOL_ERROR, 'MQTT-4.7.3-1'],
    ['PUBLISH without properties', '30 05 0003 "a/b"', MALFORMED],
    ['PUBLISH with properties longer than it', '30 07 0003 "a/b" 03 23', MALFORMED],
    ['PUBLISH with a property length without end', '30 0a 0003 "a/b" 80808080 01', MALFORMED, 'MQTT-1.5.5-1'],
    ['remaining length of two bytes where one does', '30 8600 0003 "a/b" 00', MALFORMED, 'MQTT-1.5.5-1'],
    ['PUBACK with a reason code that it does not have', '40 03 0001 92', PROTOCOL_ERROR, 'MQTT-3.4.2-1'],
    ['PUBREC with a reason code that it does not have', '50 03 0001 01', PROTOCOL_ERROR, 'MQTT-3.5.2-1'],
    ['PUBREL with a reason code that it does not have', '62 03 0001 10', PROTOCOL_ERROR, 'MQTT-3.6.2-1'],
    ['PUBCOMP with a reason code that it does not have', '70 03 0001 80', PROTOCOL_ERROR, 'MQTT-3.7.2-1'],
    ['PUBACK with bytes behind its properties', '40 05 0001 00 00 00', MALFORMED],
    ['PUBACK with properties longer than it', '40 05 0001 00 05 1f', MALFORMED],
    ['PUBREL of 5.0 with DUP', '6a 02 0001', MALFORMED, 'MQTT-3.6.1-1'],
    ['SUBSCRIBE without filters behind its properties', '82 03 0001 00', PROTOCOL_ERROR, 'MQTT-3.8.3-2'],
    ['SUBSCRIBE with reserved option bits', '82 09 0001 00 0003 "a/b" 41', MALFORMED, 'MQTT-3.8.3-5'],
    ['SUBSCRIBE with QoS 3', '82 09 0001 00 0003 "a/b" 03', PROTOCOL_ERROR],
    ['SUBSCRIBE with retain handling 3', '82 09 0001 00 0003 "a/b" 31', PROTOCOL_ERROR],
    ['shared subscription without local messages', `82 10 0001 00 ${shared} 05`, PROTOCOL_ERROR, 'MQTT-3.8.3-4'],
    ['UNSUBSCRIBE without filters behind its properties', 'a2 03 0001 00', PROTOCOL_ERROR, 'MQTT-3.10.3-2'],
    ['DISCONNECT with a reason code of servers', 'e0 01 8b', PROTOCOL_ERROR, 'MQTT-3.14.2-1'],
    ['DISCONNECT with bytes behind its properties', 'e0 03 00 00 00', MALFORMED],
    ['AUTH with flags', 'f1 00', MALFORMED, 'MQTT-3.15.1-1'],
    ['AUTH of success from a client', 'f0 00', PROTOCOL_ERROR, 'MQTT-3.15.2-1'],
    ['AUTH without an authentication method', 'f0 02 18 00', PROTOCOL_ERROR],
    ['AUTH without properties', 'f0 01 18', MALFORMED],
  ];
}

function properties5(): Row[] {
  const publish = (length: string, properties: string) => `30 ${length} 0001 "a" ${properties}`;
  return [
    ['topic alias 0', publish('07', '03 23 0000'), ALIAS_INVALID, 'MQTT-3.3.2-8'],
    ['topic alias twice', publish('0a', '06 23 0001 23 0001'), PROTOCOL_ERROR],
    ['payload format 2', publish('06', '02 01 02'), PROTOCOL_ERROR],
    ['response topic with a wildcard', publish('08', '04 08 0001 "+"'), NAME_INVALID, 'MQTT-3.3.2-14'],
    ['response topic of nothing', publish('07', '03 08 0000'), NAME_INVALID, 'MQTT-3.3.2-14'],
    ['response topic with U+0000', publish('08', '04 08 0001 00'), MALFORMED, 'MQTT-1.5.4-2'],
    ['content type with a surrogate', publish('0a', '06 03 0003 eda080'), MALFORMED, 'MQTT-1.5.4-1'],
    ['user property whose key is no text', publish('0a', '06 26 0001 ff 0000'), MALFORMED, 'MQTT-1.5.4-1'],
    ['user property whose value is no text', publish('0a', '06 26 0000 0001 00'), MALFORMED, 'MQTT-1.5.4-2'],
    ['user property without a value', publish('08', '04 26 0001 "k"'), MALFORMED],
    ['user property whose key is too long', publish('08', '04 26 0009 "k"'), MALFORMED],
    ['user property whose value is too long', publish('0a', '06 26 0001 "k" 0001'), MALFORMED],
    ['subscription identifier of a client', publish('06', '02 0b 01'), PROTOCOL_ERROR, 'MQTT-3.3.4-6'],
    ['unknown property', publish('06', '02 04 01'), MALFORMED],
    ['property identifier above one byte', publish('06', '02 80 01'), MALFORMED],
    ['session expiry interval in PUBLISH', publish('09', '05 11 00000001'), MALFORMED],
    ['expiry interval cut short', publish('08', '04 02 000000'), MALFORMED],
    ['payload format cut short', publish('05', '01 01'), MALFORMED],
    ['correlation data longer than its section', publish('08', '04 09 0002 01'), MALFORMED],
    ['topic alias cut short', publish('06', '02 23 00'), MALFORMED],
    ['subscription identifier 0', '82 0b 0001 02 0b 00 0003 "a/b" 01', PROTOCOL_ERROR],
    ['subscription identifier twice', '82 0d 0001 04 0b 01 0b 02 0003 "a/b" 01', PROTOCOL_ERROR],
    ['subscription identifier in two bytes', '82 0c 0001 03 0b 8100 0003 "a/b" 01', MALFORMED, 'MQTT-1.5.5-1'],
    ['subscription identifier in five', '82 0f 0001 06 0b 8080808001 0003 "a/b" 01', MALFORMED, 'MQTT-1.5.5-1'],
    ['reason string in SUBSCRIBE', '82 0c 0001 03 1f 0000 0003 "a/b" 01', MALFORMED],
    ['reason string in UNSUBSCRIBE', 'a2 0b 0001 03 1f 0000 0003 "a/b"', MALFORMED],
    ['reason string twice', '40 0a 0001 80 06 1f 0000 1f 0000', PROTOCOL_ERROR],
    ['server reference in PUBACK', '40 07 0001 80 03 1c 0000', MALFORMED],
    ['content type in DISCONNECT', 'e0 05 00 03 03 0000', MALFORMED],
  ];
}

function rows(version: ProtocolVersion, from: Sender, isGreeted: boolean, list: readonly Row[]): MalformedCase[] {
  return list.map(([name, bytes, reasonCode, statement]) => ({
    name: `${name} (${version})`,
    version,
    from,
    isGreeted,
    bytes,
    reasonCode,
    ...(statement !== undefined && { statement }),
  }));
}
