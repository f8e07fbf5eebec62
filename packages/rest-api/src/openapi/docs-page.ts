import { escapeHtml, htmlPage } from './html.ts';
import { type Operation, operationsByTag, type Parameter } from './operations.ts';

/** The API as a page to read: every operation with its parameters, body and answers. */
export function docsPage(document: object): string {
  const sections = [...operationsByTag(document)].map(([tag, operations]) => section(tag, operations));
  return htmlPage(
    'Millrace REST API',
    `<h1>Millrace REST API</h1>
<p>Log in with <code>POST /api/v5/login</code> and send the token as <code>Authorization: Bearer …</code>, or use an API key
with <code>Authorization: Basic …</code>. The same description as OpenAPI 3.1: <a href="/api-docs/swagger.json">swagger.json</a>.</p>
${sections.join('\n')}`,
  );
}

function section(tag: string, operations: readonly Operation[]): string {
  return `<h2>${escapeHtml(tag)}</h2>\n${operations.map(operationDetails).join('\n')}`;
}

function operationDetails(operation: Operation): string {
  return `<details><summary><b class="method">${operation.method}</b> <code>${escapeHtml(operation.path)}</code> ${escapeHtml(operation.summary)}</summary>
${parameterTable(operation.parameters)}${block('Body', operation.body)}${operation.answers
  .map((answer) => block(`${answer.status} ${answer.description}`, answer.schema))
  .join('')}</details>`;
}

function parameterTable(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    ({ name, in: place, required, type, description }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${place}${required ? ', required' : ''}</td><td>${escapeHtml(type)}</td><td>${escapeHtml(description)}</td></tr>`,
  );
  return `<table><tr><th>Parameter</th><th>In</th><th>Type</th><th></th></tr>${rows.join('')}</table>`;
}

function block(title: string, schema: unknown): string {
  const text = schema === undefined ? '' : `<pre>${escapeHtml(JSON.stringify(schema, undefined, 2))}</pre>`;
  return `<p>${escapeHtml(title)}</p>${text}`;
}
