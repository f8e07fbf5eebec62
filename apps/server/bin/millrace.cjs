#!/usr/bin/env node
// Starts Millrace under the Node 24 that the package depends on, whatever Node runs this file.
'use strict';
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const compiled = path.join(__dirname, '..', 'dist', 'main.js');
const main = existsSync(compiled) ? compiled : path.join(__dirname, '..', 'src', 'main.ts');

if (Number(process.versions.node.split('.')[0]) >= 24) {
  import(pathToFileURL(main).href);
} else {
  const child = spawn(bundledNode(), [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 1;
  });
}

function bundledNode() {
  try {
    return path.join(path.dirname(require.resolve('node/package.json')), 'bin', 'node');
  } catch {
    process.stderr.write('millrace needs Node 24; run it with Node 24 or reinstall the package.\n');
    process.exit(1);
  }
}
