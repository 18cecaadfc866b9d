/** The built browser side of the report page: `npm run page` writes it, the package carries it. */

import { readFileSync } from 'node:fs'
import type { PageAssets } from '../report/page/html.js'

/** The same place from the sources, from the compiled files and from the bundled program: each lies two folders deep. */
const FOLDER = new URL('../../dist/page/', import.meta.url)

export function readPageAssets(): PageAssets {
  const text = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8')
  return { script: text('main.js'), style: text('page.css') }
}
