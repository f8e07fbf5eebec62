import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import {
  ACK_BYTES,
  checkedFrameAt,
  FRAME_HEADER_BYTES,
  readAcks,
  readSegmentHeader,
  sealFrames,
  segmentHeader,
  segmentName,
  writeAck,
  writeFrameHeader,
  writeRecordHeader,
} from './layout.ts';

test('a segment begins as the specification says', () => {
  assert.equal(
    segmentHeader(258).toString('hex'),
    `${Buffer.from('MILLRACE').toString('hex')}0000000100000000${'4070200000000000'}`,
  );
  assert.equal(readSegmentHeader(segmentHeader(258)), 258);
  assert.equal(readSegmentHeader(Buffer.alloc(24)), undefined);
  assert.equal(readSegmentHeader(segmentHeader(1).subarray(0, 23)), undefined);
  assert.equal(segmentName(258, '.seg'), '0000000000000258.seg');
});

test('a frame is laid out as the specification says', () => {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + 14);
  writeRecordHeader(frame, 32, 2, 0xfeedbeef, 5);
  frame.write('hi', 44);
  writeFrameHeader(frame, 0, { payloadLength: 14, count: 1, firstSequence: 1, enqueuedAt: 2 });
  sealFrames(frame, 0, frame.length);

  const covered =
    '00000001' + '3ff0000000000000' + '4000000000000000' + '00000002' + 'feedbeef' + '0005' + '0000' + '6869';
  const checksum = crc32(Buffer.from(covered, 'hex')).toString(16).padStart(8, '0');
  assert.equal(frame.toString('hex'), `4d46524d0000000e${checksum}${covered}`);
  assert.deepEqual(checkedFrameAt(frame, 0), { payloadLength: 14, count: 1, firstSequence: 1, enqueuedAt: 2 });
});

test('a frame with any bit turned is refused', () => {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + 13);
  writeRecordHeader(frame, 32, 1, 0, 0);
  writeFrameHeader(frame, 0, { payloadLength: 13, count: 1, firstSequence: 1, enqueuedAt: 2 });
  sealFrames(frame, 0, frame.length);

  for (let bit = 0; bit < frame.length * 8; bit++) {
    const damaged = Buffer.from(frame);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(checkedFrameAt(damaged, 0), undefined, `bit ${bit}`);
  }
});

test('acks are read up to the first damaged one', () => {
  const bytes = Buffer.alloc(3 * ACK_BYTES);
  const ranges = [
    { offset: 0, count: 7, outcome: 0, retried: false, unlogged: false },
    { offset: 7, count: 1, outcome: 1, retried: true, unlogged: false },
    { offset: 0, count: 3, outcome: 4, retried: false, unlogged: true },
  ];
  for (const [index, range] of ranges.entries()) writeAck(bytes, index * ACK_BYTES, range);

  assert.deepEqual(readAcks(bytes), ranges);
  assert.deepEqual(readAcks(bytes.subarray(0, -1)), ranges.slice(0, 2));
  bytes[ACK_BYTES]! ^= 1;
  assert.deepEqual(readAcks(bytes), ranges.slice(0, 1));
});
