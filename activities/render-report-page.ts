import MarkdownIt from 'markdown-it';

/**
 * The report as one self-contained page. Its text comes from language models and logs: HTML in it stays text, images
 * are left out (a remote one would tell a stranger when it is read), and the policy forbids all that slips through.
 */
export function renderReportPage(title: string, markdown: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${renderer.utils.escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${renderer.render(markdown)}</body>
</html>
`;
}

const renderer = new MarkdownIt({ html: false, linkify: false });
renderer.renderer.rules['image'] = (tokens, index) =>
  renderer.utils.escapeHtml(`[image ${tokens[index]?.content ?? ''} left out]`);

const style = `
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2024; }
h1, h2, h3 { line-height: 1.25; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
th, td { text-align: left; padding: 0.4rem 0.6rem; border-bottom: 1px solid #d9dee3; vertical-align: top; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; background: #f4f6f8; border-radius: 4px; }
code { padding: 0.1em 0.3em; } pre { padding: 0.8rem; overflow-x: auto; } pre code { padding: 0; }
blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid #9fb3c8; color: #43525f; }
@media (prefers-color-scheme: dark) {
  body { background: #14171a; color: #dde3e8; } th, td { border-color: #343b42; } code, pre { background: #20262b; }
}`;
