import type { NodeInfo } from '../ports.ts';
import { escapeHtml, htmlPage } from './html.ts';

/** What stands at `/` without a dashboard: where the API is, and how to log in. */
export function landingPage(node: NodeInfo, hasInitialPassword: boolean): string {
  const password = hasInitialPassword
    ? 'the first password, which is in <code>initial-admin-password</code> in the data directory until it is changed'
    : 'the password that was set for it';
  return htmlPage(
    'Millrace',
    `<h1>Millrace</h1>
<p>Node <code>${escapeHtml(node.name)}</code>, release ${escapeHtml(node.version)}. Its REST API is at <code>/api/v5</code>;
<a href="/api-docs">read what it can do</a>, or take the <a href="/api-docs/swagger.json">OpenAPI document</a>.</p>
<h2>Log in</h2>
<p>User <code>admin</code> with ${password}:</p>
<pre>curl -s http://127.0.0.1:18083/api/v5/login -H 'content-type: application/json' \\
  -d '{"username": "admin", "password": "…"}'</pre>
<p>The answer holds a <code>token</code> for the header <code>Authorization: Bearer TOKEN</code>. For scripts, make an API key
with <code>POST /api/v5/api_key</code> and use key and secret with <code>curl -u</code>.</p>`,
  );
}
