/** The pages around the documents: one style, links between them, no script. */

export interface Shown {
  readonly name: string
  readonly title: string
  readonly rehearsed: boolean
}

const STYLE = `:root{color-scheme:light dark}body{margin:0 auto;max-width:60rem;padding:1rem;font:16px/1.5 system-ui,sans-serif}
nav{border-bottom:1px solid #8886;padding-bottom:.5rem}nav a{margin-right:1rem}pre{overflow:auto;padding:.75rem;border:1px solid #8886;border-radius:6px}
code{font-size:.9em}table{border-collapse:collapse;display:block;overflow:auto}th,td{border:1px solid #8886;padding:.25rem .5rem;text-align:left}`

const LINKS = [
  ['index.html', 'Documents'],
  ['getting-started.html', 'Getting started'],
  ['commands.html', 'Commands'],
  ['findings.html', 'Findings'],
  ['limits.html', 'Limits'],
  ['proof.html', 'Proof'],
  ['benchmarks.html', 'Benchmarks'],
  ['gallery/index.html', 'Gallery'],
] as const

/** A whole page; links from one document to another lead to its page. `root` leads from the page to the index. */
export function sitePage(title: string, body: string, root = ''): string {
  const links = LINKS.map(([href, text]) => `<a href="${root}${href}">${text}</a>`).join('')
  const linked = body.replaceAll(/href="(?!https?:)([^"#]*)\.md(#[^"]*)?"/g, (_, path: string, hash = '') => {
    return `href="${path === 'README' ? 'index' : path}.html${hash}"`
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)} - calico-plan</title><style>${STYLE}</style></head>
<body><nav>${links}</nav><main>${linked}</main></body></html>
`
}

export function galleryEntry({ name, title, rehearsed }: Shown): string {
  return `<li><a href="${name}.html">${escaped(title)}</a>${rehearsed ? ', with its runbook rehearsed' : ''}</li>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
