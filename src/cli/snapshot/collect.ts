/** Reads a cluster page by page and hands over each object as it is to be kept. */

import type { ReadApi } from './kubectl.js'
import { type Fields, fieldsOf, type Wanted } from './wanted.js'

/** Objects of one page; the API server continues a list where the last page ended. */
const PAGE = 500

export interface Collected {
  readonly name: string
  /** Undefined when the cluster has no such kind or it may not be read. */
  readonly count?: number
  readonly problem?: { readonly why: 'absent' | 'forbidden' | 'failed'; readonly message: string }
}

/**
 * Every object of one kind, handed to `write` in pages. A kind that is absent or forbidden is said so; only what was
 * read in full counts. Never throws for what the server answers.
 */
export async function collect(
  { name, paths, apiVersion, kind, keep, choose }: Wanted,
  read: ReadApi,
  write: (items: readonly Fields[]) => Promise<void>,
): Promise<Collected> {
  let refused: Collected = { name }
  for (const path of paths) {
    let count = 0
    let next = `${path}?limit=${PAGE}`
    for (;;) {
      const answer = await read(next)
      if (!answer.ok) {
        refused = { name, problem: { why: answer.why, message: answer.message } }
        break
      }
      const page = parsePage(answer.text)
      if (page === undefined) {
        return { name, problem: { why: 'failed', message: `the answer to ${next} is not a list of objects` } }
      }
      const chosen = page.items.filter((item) => choose === undefined || choose(item))
      await write(chosen.map((item) => ({ apiVersion: groupVersion(path) ?? apiVersion, kind, ...keep(item) })))
      count += chosen.length
      if (page.next === undefined) return { name, count }
      next = `${path}?limit=${PAGE}&continue=${encodeURIComponent(page.next)}`
    }
    if (refused.problem?.why !== 'absent') return refused
  }
  return refused
}

/** `/apis/projectcalico.org/v3/ippools` names the group that answered. */
function groupVersion(path: string): string | undefined {
  return /^\/apis\/([^/]+\/[^/]+)\//.exec(path)?.[1]
}

function parsePage(text: string): { readonly items: readonly Fields[]; readonly next?: string } | undefined {
  let list: Fields
  try {
    list = fieldsOf(JSON.parse(text))
  } catch {
    return undefined
  }
  const { items } = list
  if (!Array.isArray(items)) return undefined
  const token = fieldsOf(list['metadata'])['continue']
  return { items: items.map(fieldsOf), ...(typeof token === 'string' && token !== '' ? { next: token } : {}) }
}
