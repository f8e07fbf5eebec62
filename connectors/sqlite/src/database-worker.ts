import { parentPort } from 'node:worker_threads';
import { Database, DatabaseFailure } from './database.ts';
import type { RefusedRow, Reply, Request } from './protocol.ts';

/** The thread that owns the database: SQLite blocks while it works, so it must not run on the event loop of the broker. */
let database: Database | undefined;

parentPort?.on('message', (request: Request) => {
  parentPort?.postMessage(answer(request));
  if (request.kind === 'close') parentPort?.close();
});

function answer(request: Request): Reply {
  try {
    return { id: request.id, kind: 'done', refused: handle(request) };
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw error;
    return { id: request.id, kind: 'failed', failure: error.failure };
  }
}

function handle(request: Request): readonly RefusedRow[] {
  if (request.kind === 'open') {
    database = new Database(request);
    return [];
  }
  if (database === undefined) throw new DatabaseFailure('SQLITE_CLOSED', 'the database is not open');
  if (request.kind === 'write') return database.write(request, request.cancelled);
  if (request.kind === 'prepare') database.prepare(request, request.cancelled);
  else if (request.kind === 'release') database.release(request.statement);
  else if (request.kind === 'check') database.check();
  else database.close();
  return [];
}
