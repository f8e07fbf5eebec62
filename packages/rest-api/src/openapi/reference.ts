import { type Operation, operationsByTag } from './operations.ts';

/** The reference page of the REST API in Markdown, made from its OpenAPI document. */
export function apiReference(document: object): string {
  const sections = [...operationsByTag(document)].map(([tag, operations]) => section(tag, operations));
  return `# REST API

Generated from the OpenAPI document that every node serves at \`/api-docs/swagger.json\`; read it as a page at \`/api-docs\`.

Log in with \`POST /api/v5/login\` and send the token as \`Authorization: Bearer\`, or use an API key with
\`Authorization: Basic\`. Errors are \`{"code", "message"}\` with the HTTP status. Lists are paged with \`page\` and \`limit\`
where noted, as \`{"data", "meta": {"page", "limit", "count", "hasnext"}}\`.

${sections.join('\n')}`;
}

function section(tag: string, operations: readonly Operation[]): string {
  const rows = operations.map((operation) => row(operation).join(' | '));
  return `## ${tag}\n\n| Method | Path | | Query | Answers |\n|---|---|---|---|---|\n${rows.map((text) => `| ${text} |`).join('\n')}\n`;
}

function row({ method, path, summary, parameters, answers }: Operation): readonly string[] {
  const query = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => `\`${name}\``);
  return [method, `\`${path}\``, escapeCell(summary), query.join(' '), answers.map(({ status }) => status).join(' ')];
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
