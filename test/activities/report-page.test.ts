import assert from 'node:assert/strict';
import { renderReportPage } from '../../activities/render-report-page.ts';

const harmlessTags = new Set(
  'html head meta title style body h1 h2 h3 h4 h5 h6 p a ul ol li table thead tbody tr th td code pre blockquote em strong s hr br'.split(
    ' ',
  ),
);
const harmlessAttributes = new Set('lang charset http-equiv content name href start style class title'.split(' '));

interface Tag {
  name: string;
  attributes: [name: string, value: string][];
}

/** Every tag that a browser would find in the page. */
function tagsOf(page: string): Tag[] {
  return [...page.matchAll(/<\/?([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi)].map(([, name = '', rest = '']) => ({
    name: name.toLowerCase(),
    attributes: [...rest.matchAll(/([^\s="'/]+)\s*=\s*"([^"]*)"/g)].map(([, key = '', value = '']) => [
      key.toLowerCase(),
      value,
    ]),
  }));
}

function assertHarmless(page: string): void {
  for (const { name, attributes } of tagsOf(page)) {
    assert.ok(harmlessTags.has(name), `there is a tag ${name}`);
    for (const [attribute, value] of attributes) {
      assert.ok(harmlessAttributes.has(attribute), `there is an attribute ${attribute} of ${name}`);
      if (attribute === 'href') assert.doesNotMatch(value, /^\s*(javascript|vbscript|data|file):/i);
      if (attribute === 'style') assert.match(value, /^text-align:(left|right|center)$/);
    }
  }
}

const hostile = [
  '<script>alert(1)</script>',
  '<ScRiPt src=//evil.example/x.js></sCrIpT>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<iframe src="https://evil.example"></iframe>',
  '<a href="javascript:alert(1)">click</a>',
  '[click](javascript:alert(1))',
  '[click](JaVaScRiPt:alert(1))',
  '[click](java&#115;cript:alert(1))',
  '[click](&#x6A;avascript:alert(1))',
  '[click](\u0001javascript:alert(1))',
  '[click](vbscript:msgbox(1))',
  '[click](data:text/html,<script>alert(1)</script>)',
  '[click][1]\n\n[1]: javascript:alert(1)',
  '<javascript:alert(1)>',
  '[click](https://x.example/"onmouseover="alert(1))',
  '[click](https://x.example "title\\" onclick=\\"alert(1)")',
  '![track](https://evil.example/pixel.png)',
  '![track][1]\n\n[1]: https://evil.example/pixel.png',
  '![](data:image/svg+xml;base64,PHN2Zz4=)',
  '![a<img src=x onerror=alert(1)>](x.png)',
  '| a |\n| --- |\n| <img src=x onerror=alert(1)> |',
  '```html"><script>alert(1)</script>\nx\n```',
  '```\n</code></pre><script>alert(1)</script>\n```',
  '`</code><script>alert(1)</script>`',
  '</body></html><script>alert(1)</script>',
  '<!-- --><script>alert(1)</script>',
  '<style>body{background:url(https://evil.example)}</style>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '> <script>alert(1)</script>\n- <b onclick=alert(1)>x</b>',
];

describe('the page of a report', () => {
  for (const markdown of hostile) {
    it(`has nothing live of ${JSON.stringify(markdown).slice(0, 70)}`, () =>
      assertHarmless(renderReportPage('Digits', `# Digits\n\n${markdown}\n\nText ${markdown}\n`)));
  }

  it('has nothing live of its title', () => {
    assertHarmless(renderReportPage('</title><script>alert(1)</script><img src=x onerror=alert(1)>', '# Digits'));
  });

  it('loads nothing from anywhere', () => {
    const page = renderReportPage('Digits', '![a](https://evil.example/x.png) ![b](x.png)');
    assert.doesNotMatch(page, /\b(src|srcset|background|poster)\s*=|url\(|@import|<link/i);
  });

  it('forbids by policy whatever might slip through', () => {
    const page = renderReportPage('Digits', 'x');
    const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`;
    assert.ok(page.indexOf(policy) > 0 && page.indexOf(policy) < page.indexOf('<title>'));
  });

  it('shows hostile HTML as the text that it is', () => {
    assert.match(renderReportPage('Digits', '<script>alert(1)</script>'), /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  });

  it('says where an image was left out', () => {
    assert.match(
      renderReportPage('Digits', '![loss <curve>](https://x.example/a.png)'),
      /\[image loss &lt;curve&gt; left out\]/,
    );
  });

  it('keeps harmless links, headings and tables', () => {
    const page = renderReportPage('Digits', '## Trials\n\n| a |\n| --- |\n| [train.py](trials/001/train.py) |\n');
    for (const part of ['<h2>Trials</h2>', '<table>', '<a href="trials/001/train.py">train.py</a>']) {
      assert.ok(page.includes(part), part);
    }
  });
});
