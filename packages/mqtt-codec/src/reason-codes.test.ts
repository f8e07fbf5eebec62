import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  connackCodeName,
  isReasonCodeOf,
  ReasonCode,
  ReturnCode,
  reasonCodeName,
  returnCodeOf,
} from './reason-codes.ts';

test('every name leads to its code and back', () => {
  const synonyms = new Set(['normal_disconnection', 'granted_qos0']);
  for (const [name, code] of Object.entries(ReasonCode)) {
    if (!synonyms.has(name)) assert.equal(reasonCodeName(code), name);
  }
});

test('0 is called as its packet calls it', () => {
  assert.equal(reasonCodeName(0), 'success');
  assert.equal(reasonCodeName(0, 'puback'), 'success');
  assert.equal(reasonCodeName(0, 'suback'), 'granted_qos0');
  assert.equal(reasonCodeName(0, 'disconnect'), 'normal_disconnection');
});

test('a code that MQTT does not know has a name too', () => {
  assert.equal(reasonCodeName(0x7f), 'unknown_error');
  assert.equal(connackCodeName(6, 4), 'unknown_error');
});

test('CONNACK has return codes before 5.0', () => {
  assert.equal(connackCodeName(0, 4), 'connection_accepted');
  assert.equal(connackCodeName(5, 3), 'unauthorized_client');
  assert.equal(connackCodeName(0, 5), 'success');
  assert.equal(connackCodeName(0x87, 5), 'not_authorized');
});

test('every reason code of CONNACK has a return code that refuses', () => {
  for (const code of Object.values(ReasonCode).filter((code) => isReasonCodeOf('connack', code, true))) {
    const expected = code === 0 ? [0] : [1, 2, 3, 4, 5];
    assert.ok(expected.includes(returnCodeOf(code)), reasonCodeName(code));
  }
  assert.equal(returnCodeOf(ReasonCode.bad_username_or_password), ReturnCode.malformed_username_or_password);
});

test('the direction decides about DISCONNECT and AUTH', () => {
  assert.ok(isReasonCodeOf('disconnect', ReasonCode.session_taken_over, true));
  assert.ok(!isReasonCodeOf('disconnect', ReasonCode.session_taken_over, false));
  assert.ok(isReasonCodeOf('disconnect', ReasonCode.disconnect_with_will_message, false));
  assert.ok(isReasonCodeOf('auth', ReasonCode.re_authenticate, false));
  assert.ok(!isReasonCodeOf('auth', ReasonCode.success, false));
});
