const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733; background: #fff }
h1, h2 { line-height: 1.2 } h2 { margin-top: 2.5rem; border-bottom: 1px solid #d5dde5 }
code, pre { font: 14px/1.4 ui-monospace, monospace } pre { overflow: auto; background: #f3f6f9; padding: .75rem; border-radius: 4px }
details { border: 1px solid #d5dde5; border-radius: 4px; margin: .5rem 0; padding: .4rem .75rem } summary { cursor: pointer }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .2rem .5rem; border-bottom: 1px solid #e6ebf0; vertical-align: top }
b.method { display: inline-block; min-width: 4.5rem }
@media (prefers-color-scheme: dark) { body { background: #12181f; color: #dbe4ee } pre { background: #1b242e } a { color: #7fb8ff } }
`;

/** A page without scripts or outside assets. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>
${body}
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
