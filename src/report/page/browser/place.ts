/** Where the reader is, as the part of the address after `#`: `#routes/node-1?find=10.42.0.0/16`. */

export interface Place {
  readonly view: string
  /** Node, pool, step ... that the view is about; empty for none. */
  readonly item: string
  readonly find: string
}

export function placeOf(hash: string): Place {
  const text = hash.replace(/^#/, '')
  const [path = '', query = ''] = split(text, '?')
  const [view = '', item = ''] = split(path, '/')
  return { view, item: decoded(item), find: new URLSearchParams(query).get('find') ?? '' }
}

export function hashOf({ view, item = '', find = '' }: { view: string; item?: string; find?: string }): string {
  const path = item === '' ? view : `${view}/${encodeURIComponent(item)}`
  return `#${path}${find === '' ? '' : `?find=${encodeURIComponent(find)}`}`
}

function split(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
