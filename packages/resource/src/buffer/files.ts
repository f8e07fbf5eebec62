import * as fs from 'node:fs';

/** The file operations of a log, injected so that tests can make them fail. */
export type Files = Pick<
  typeof fs,
  | 'closeSync'
  | 'existsSync'
  | 'fdatasync'
  | 'fsyncSync'
  | 'fsync'
  | 'ftruncateSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'readSync'
  | 'readdirSync'
  | 'renameSync'
  | 'rmSync'
  | 'writeSync'
>;

export const nodeFiles: Files = fs;
