import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { OutcomeCode } from '../metrics/counters.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import type { Entry } from './block.ts';
import { BufferLog, type LogSettings } from './buffer-log.ts';
import type { Files } from './files.ts';
import { BufferMemory } from './memory.ts';

const MB = 1024 * 1024;

suite('buffer log', () => {
  let root: string;
  let directory: string;
  let clock: ManualClock;
  let failures: string[];
  let memory: BufferMemory;

  beforeEach(() => {
    root = fs.mkdtempSync(join(tmpdir(), 'millrace-log-'));
    directory = join(root, 'log');
    clock = new ManualClock();
    failures = [];
    memory = new BufferMemory(64 * MB);
  });

  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  function open(settings: Partial<LogSettings> = {}, files: Files = fs): BufferLog {
    return new BufferLog({
      directory,
      files,
      clock,
      memory,
      settings: { mode: 'durable', fsync: 'interval', maxBytes: 16 * MB, segmentBytes: 4 * MB, ...settings },
      onFailure: (what) => failures.push(what),
      onDirty: () => undefined,
    });
  }

  function append(log: BufferLog, ...texts: string[]) {
    for (const text of texts) {
      const writer = log.begin();
      writer.writeText(text);
      log.end(writer, 7, 0);
    }
    return log.gate();
  }

  function readAll(log: BufferLog): string[] {
    return entries(log).map((entry) => entry.bytes.toString('utf8', entry.start, entry.end));
  }

  function entries(log: BufferLog): Entry[] {
    const found: Entry[] = [];
    for (let entry = log.next(); entry !== undefined; entry = log.next()) found.push(entry);
    return found;
  }

  const segment = () => join(directory, fs.readdirSync(directory).find((name) => name.endsWith('.seg'))!);

  test('reads records only after their group commit, in order', () => {
    const log = open();
    append(log, 'a', 'b');

    assert.deepEqual(readAll(log), []);
    log.commit();

    assert.deepEqual(readAll(log), ['a', 'b']);
  });

  test('writes once for all records of a turn and not at all without any', () => {
    let writes = 0;
    const log = open({}, { ...fs, writeSync: counted(() => writes++) });
    append(log, 'first');
    log.commit();
    writes = 0;

    append(log, 'a', 'b', 'c');
    log.commit();
    log.commit();

    assert.equal(writes, 1);
  });

  test('finds after a kill at any byte exactly the whole frames', () => {
    const log = open();
    const ends: number[] = [];
    for (let frame = 0; frame < 5; frame++) {
      append(log, `${frame}a`, `${frame}b`);
      log.commit();
      ends.push(fs.statSync(segment()).size);
    }
    const bytes = fs.readFileSync(segment());
    const name = segment();

    for (let length = 0; length <= bytes.length; length++) {
      fs.rmSync(directory, { recursive: true });
      fs.mkdirSync(directory);
      fs.writeFileSync(name, bytes.subarray(0, length));
      const reopened = open();
      const frames = ends.filter((end) => end <= length).length;
      assert.equal(reopened.outstanding, frames * 2, `cut at ${length}`);
      assert.deepEqual(
        readAll(reopened),
        ['0a', '0b', '1a', '1b', '2a', '2b', '3a', '3b', '4a', '4b'].slice(0, frames * 2),
      );
    }
  });

  test('goes on with new sequence numbers in a new segment after a restart', () => {
    append(open(), 'lost');
    const log = open();
    append(log, 'a');
    log.commit();
    const reopened = open();
    append(reopened, 'b');
    reopened.commit();

    assert.deepEqual(
      entries(open()).map((entry) => entry.sequence),
      [1, 2],
    );
    assert.equal(fs.readdirSync(directory).filter((name) => name.endsWith('.seg')).length, 2);
  });

  test('counts outcomes once, however much of the ack file is left', () => {
    const log = open();
    append(log, 'a', 'b', 'c', 'd');
    log.commit();
    const [a, b, c] = entries(log);
    log.settle(a!, OutcomeCode.success, false);
    log.settle(b!, OutcomeCode.success, false);
    log.commit();
    log.settle(c!, OutcomeCode.failed, true);
    log.commit();
    const acks = segment().replace('.seg', '.ack');
    const bytes = fs.readFileSync(acks);
    assert.equal(bytes.length, 32, 'consecutive records share an entry');

    for (let length = bytes.length; length >= 0; length--) {
      fs.writeFileSync(acks, bytes.subarray(0, length));
      const { counters, outstanding } = open();
      const settled = length < 16 ? 0 : length < 32 ? 2 : 3;
      assert.equal(counters.of(OutcomeCode.success), Math.min(settled, 2));
      assert.equal(counters.retriedOf(OutcomeCode.failed), settled === 3 ? 1 : 0);
      assert.equal(counters.settled + outstanding, 4);
    }
  });

  test('goes on behind a damaged frame and counts what is lost, once', () => {
    const log = open();
    append(log, 'a');
    log.commit();
    const damagedAt = fs.statSync(segment()).size + 40;
    append(log, 'b', 'c');
    log.commit();
    append(log, 'd');
    log.commit();
    const bytes = fs.readFileSync(segment());
    bytes[damagedAt]! ^= 1;
    fs.writeFileSync(segment(), bytes);

    const reopened = open();

    assert.deepEqual(readAll(reopened), ['a', 'd']);
    assert.equal(reopened.recovered.damaged, 2);
    assert.equal(reopened.counters.of(OutcomeCode.other), 2);
    assert.equal(open().counters.of(OutcomeCode.other), 2);
  });

  test('keeps the gate closed while the disk is full, then writes what waited', async () => {
    let isFull = true;
    const log = open({}, { ...fs, writeSync: counted(() => isFull && fail('ENOSPC')) });
    const gate = append(log, 'a');

    log.commit();
    assert.equal(gate.isOpen, false);
    assert.match(log.failure!.message, /ENOSPC/);
    assert.deepEqual(readAll(log), []);
    append(log, 'b');
    log.commit();
    isFull = false;
    await clock.pass(1100);

    assert.equal(gate.isOpen, true);
    assert.equal(log.failure, undefined);
    assert.deepEqual(readAll(log), ['a', 'b']);
    assert.deepEqual(readAll(open()), ['a', 'b']);
  });

  test('overwrites a half-written frame', async () => {
    let allowed = Infinity;
    const writeSync = ((file: number, bytes: Buffer, offset: number, length: number, position: number) => {
      if (allowed <= 0) fail('ENOSPC');
      const count = fs.writeSync(file, bytes, offset, Math.min(length, allowed), position);
      allowed -= count;
      return count;
    }) as Files['writeSync'];
    const log = open({}, { ...fs, writeSync });
    append(log, 'a');
    log.commit();
    allowed = 10;
    append(log, 'b');
    log.commit();
    append(log, 'c');
    allowed = Infinity;
    await clock.pass(1100);

    assert.deepEqual(readAll(open()), ['a', 'b', 'c']);
  });

  test('refuses records when the disk takes nothing and memory has its share', () => {
    const log = open({ maxBytes: 4096 }, { ...fs, writeSync: counted(() => fail('EIO')) });

    for (let index = 0; index < 20; index++) {
      append(log, 'x'.repeat(100));
      log.commit();
    }

    assert.equal(log.isRefusing, true);
  });

  test('with fsync always opens the gate when the sync has returned', () => {
    const syncs: ((error: NodeJS.ErrnoException | null) => void)[] = [];
    const fdatasync = ((_: number, callback: (error: null) => void) =>
      syncs.push(callback as never)) as unknown as Files['fdatasync'];
    const fsync = ((_: number, callback: (error: null) => void) => callback(null)) as Files['fsync'];
    const log = open({ fsync: 'always' }, { ...fs, fdatasync, fsync });
    const first = append(log, 'a');
    log.commit();
    const second = append(log, 'b');
    log.commit();
    assert.equal(syncs.length, 1);

    syncs[0]!(null);

    assert.equal(first.isOpen, true);
    assert.equal(second.isOpen, false);
    syncs[1]!(null);
    assert.equal(second.isOpen, true);
  });

  test('keeps the gate closed when a sync fails and writes the data again', async () => {
    let isBroken = true;
    const fdatasync = ((_: number, callback: (error: Error | null) => void) =>
      callback(isBroken ? new Error('EIO') : null)) as Files['fdatasync'];
    const fsync = ((_: number, callback: (error: Error | null) => void) => callback(null)) as Files['fsync'];
    const log = open({ fsync: 'always' }, { ...fs, fdatasync, fsync });
    const gate = append(log, 'a');
    log.commit();
    assert.equal(gate.isOpen, false);
    assert.deepEqual(failures, ['sync']);

    isBroken = false;
    await clock.pass(1100);

    assert.equal(gate.isOpen, true);
  });

  for (const mode of ['volatile_offload', 'durable'] as const) {
    test(`holds a queue that is larger than its memory and reads it back in order (${mode})`, () => {
      const log = open({ mode, maxBytes: 4 * MB, segmentBytes: MB });
      const texts = Array.from({ length: 3000 }, (_, index) => `${index}`.padStart(1000, '.'));

      for (let at = 0; at < texts.length; at += 50) {
        append(log, ...texts.slice(at, at + 50));
        log.commit();
      }
      assert.ok(memory.heldBytes < 2 * MB, `${memory.heldBytes} bytes in memory`);

      assert.deepEqual(readAll(log), texts);
    });
  }

  test('stands still while a file cannot be read, and goes on in order', async () => {
    append(open(), 'lost');
    const first = open();
    append(first, 'a', 'b');
    first.commit();
    let isBroken = true;
    const readSync = ((...args: Parameters<typeof fs.readSync>) =>
      isBroken ? fail('EIO') : fs.readSync(...args)) as Files['readSync'];
    const log = open({}, { ...fs, readSync });
    assert.deepEqual(readAll(log), []);
    assert.match(log.failure!.message, /EIO/);

    isBroken = false;
    await clock.pass(1100);

    assert.deepEqual(readAll(log), ['a', 'b']);
    assert.equal(log.failure, undefined);
  });

  test('removes segments whose records are settled and keeps their counts', () => {
    const log = open({ segmentBytes: 64 * 1024 });
    const texts = Array.from({ length: 1000 }, (_, index) => `${index}`.padStart(1000, '.'));
    for (const text of texts) {
      append(log, text);
      log.commit();
    }
    const all = entries(log);

    for (const entry of all.slice(1)) log.settle(entry, OutcomeCode.success, false);
    log.commit();

    const left = fs.readdirSync(directory).filter((name) => name.endsWith('.seg'));
    assert.deepEqual(left.length, 2, 'the one with the first record, and the active one');
    const reopened = open({ segmentBytes: 64 * 1024 });
    assert.equal(reopened.counters.of(OutcomeCode.success), 999);
    assert.deepEqual(readAll(reopened), [texts[0]]);
  });

  test('counts nothing twice when the process ends between the new base and the deletion', () => {
    const rmSync = (() => fail('killed')) as unknown as Files['rmSync'];
    const log = open({ segmentBytes: 4096 }, { ...fs, rmSync });
    for (let index = 0; index < 10; index++) {
      append(log, 'x'.repeat(1000));
      log.commit();
    }

    for (const entry of entries(log)) log.settle(entry, OutcomeCode.success, false);
    log.commit();

    const reopened = open({ segmentBytes: 4096 });
    assert.equal(reopened.counters.of(OutcomeCode.success), 10);
    assert.equal(reopened.outstanding, 0);
  });

  test('counts records that were in memory only as dropped.other at the next start', async () => {
    const log = open({ mode: 'memory_only' });
    append(log, 'a', 'b');
    log.commit();
    await log.close();

    const reopened = open({ mode: 'memory_only' });

    assert.equal(reopened.recovered.unkept, 2);
    assert.equal(reopened.counters.of(OutcomeCode.other), 2);
    assert.equal(open().counters.of(OutcomeCode.other), 2);
  });

  test('keeps durable records durable when the mode changes', () => {
    const log = open();
    append(log, 'a');
    log.commit();
    log.configure({ mode: 'memory_only', fsync: 'interval', maxBytes: MB, segmentBytes: MB });
    append(log, 'b');
    log.commit();
    log.configure({ mode: 'durable', fsync: 'interval', maxBytes: MB, segmentBytes: MB });
    append(log, 'c');
    log.commit();

    assert.deepEqual(readAll(open()), ['a', 'c']);
    assert.deepEqual(readAll(log), ['a', 'b', 'c']);
  });

  test('keeps counts of records that never entered the log', () => {
    const log = open();
    log.count(OutcomeCode.failed, 3);
    log.commit();
    append(log, 'a');
    log.commit();

    const reopened = open();

    assert.equal(reopened.counters.of(OutcomeCode.failed), 3);
    assert.deepEqual(readAll(reopened), ['a']);
  });

  test('leaves only the counters behind when it is closed empty', async () => {
    const log = open();
    append(log, 'a');
    log.commit();
    for (const entry of entries(log)) log.settle(entry, OutcomeCode.success, false);

    await log.close();

    assert.deepEqual(fs.readdirSync(directory), ['meta.json']);
    assert.equal(memory.heldBytes, 0);
  });

  test('lets go of a block whose last record takes long', () => {
    const log = open();
    const texts = Array.from({ length: 600 }, (_, index) => `${index}`.padStart(1000, '.'));
    append(log, ...texts);
    log.commit();
    const [slow, ...others] = entries(log);
    for (const entry of others) log.settle(entry, OutcomeCode.success, false);
    const before = log.passedBytes;

    log.releasePassed([slow!]);

    assert.ok(before > 0);
    assert.equal(log.passedBytes, 0);
    assert.equal(slow!.bytes.toString('utf8', slow!.start, slow!.end), texts[0]);
  });

  test('never gives the name of a removed segment to a new one', async () => {
    const log = open();
    log.count(OutcomeCode.failed, 1);
    log.commit();
    await log.close();

    const next = open();
    append(next, 'a');
    next.commit();

    assert.deepEqual(readAll(open()), ['a']);
    assert.equal(open().counters.of(OutcomeCode.failed), 1);
  });

  test('refuses files of another version and names them', () => {
    fs.mkdirSync(directory);
    fs.writeFileSync(join(directory, 'meta.json'), '{"version":2}');

    assert.throws(() => open(), /meta\.json has version 2/);
  });
});

/** The real `writeSync` with something before it. */
function counted(before: () => unknown): Files['writeSync'] {
  return ((...args: Parameters<typeof fs.writeSync>) => {
    before();
    return fs.writeSync(...args);
  }) as Files['writeSync'];
}

function fail(code: string): never {
  throw new Error(`${code}: the test says so`);
}
