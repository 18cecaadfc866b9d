/** One search over everything that the report names; an address finds its block and who holds it. */

import { button, h, on, replace } from './dom.js'
import { icon } from './icons.js'
import { parseIPv4, parsePrefix4 } from './ipv4.js'
import { hashOf } from './place.js'
import type { Page, View } from './view.js'

export interface Search {
  readonly opener: HTMLElement
  readonly dialog: HTMLElement
  readonly open: () => void
}

interface Hit {
  readonly what: string
  readonly name: string
  readonly more: string
  readonly href: string
}

const MOST = 40

export function makeSearch(page: Page, views: readonly View[]): Search {
  const entries = once(() => everything(page, views))
  const list = h('ul', { id: 'hits', role: 'listbox', 'aria-label': 'Results' })
  const input = h('input', {
    type: 'search',
    placeholder: 'Node, address, pool, finding …',
    'aria-label': 'Search the report',
    'aria-controls': 'hits',
    role: 'combobox',
    'aria-expanded': 'true',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const dialog = h('dialog', { class: 'search', 'aria-label': 'Search' }, input, list)
  let hits: readonly Hit[] = []
  let chosen = 0

  const draw = (): void => {
    replace(
      list,
      hits.map((hit, i) => {
        const entry = h(
          'li',
          { role: 'option', id: `hit-${i}`, 'aria-selected': i === chosen ? 'true' : 'false' },
          h('span', { class: 'what' }, hit.what),
          h('span', { class: 'name' }, hit.name),
          h('span', { class: 'more' }, hit.more),
        )
        entry.addEventListener('click', () => take(i))
        return entry
      }),
      hits.length === 0 && input.value !== '' ? h('li', { class: 'quiet' }, 'Nothing has this name.') : null,
    )
    if (hits.length > 0) input.setAttribute('aria-activedescendant', `hit-${chosen}`)
    else input.removeAttribute('aria-activedescendant')
    list.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }
  const take = (i: number): void => {
    const hit = hits[i]
    if (hit === undefined) return
    dialog.close()
    location.hash = hit.href
  }
  const open = (): void => {
    input.value = ''
    hits = find(page, entries(), '')
    chosen = 0
    draw()
    dialog.showModal()
    input.focus()
  }
  on(input, 'input', () => {
    hits = find(page, entries(), input.value)
    chosen = 0
    draw()
  })
  on(input, 'keydown', (event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && hits.length > 0) {
      event.preventDefault()
      chosen = (chosen + step + hits.length) % hits.length
      draw()
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      take(chosen)
    }
  })
  on(dialog, 'click', (event) => {
    if (event.target === dialog) dialog.close()
  })
  const opener = button('', open, { class: 'search-opener', 'aria-keyshortcuts': '/' })
  opener.append(icon('search'), h('span', {}, 'Search'), h('kbd', { 'aria-hidden': 'true' }, '/'))
  opener.setAttribute('aria-label', 'Search')
  return { opener, dialog, open }
}

/** Names that begin with the text first, then those that hold it. */
function find(page: Page, entries: readonly Hit[], text: string): readonly Hit[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return entries.filter(({ what }) => what === 'view')
  const begins: Hit[] = []
  const holds: Hit[] = []
  for (const entry of entries) {
    const name = entry.name.toLowerCase()
    if (name.startsWith(wanted)) begins.push(entry)
    else if (name.includes(wanted) || entry.more.toLowerCase().includes(wanted)) holds.push(entry)
    if (begins.length >= MOST) break
  }
  return [...ofAddress(page, wanted), ...begins, ...holds].slice(0, MOST)
}

function everything({ data, index }: Page, views: readonly View[]): readonly Hit[] {
  const { nodes, topology, pools, findings } = data
  return [
    ...views.map(({ id, title }) => ({ what: 'view', name: title, more: '', href: hashOf({ view: id }) })),
    ...nodes.name.map((name, i) => ({
      what: index.reflectorID(i) === '' ? 'node' : 'reflector',
      name,
      more: nodes.address[i] ?? '',
      href: hashOf({ view: 'nodes', item: name }),
    })),
    ...topology.racks.map(({ name, cidr }) => ({
      what: 'subnet',
      name,
      more: cidr,
      href: hashOf({ view: 'topology', item: name }),
    })),
    ...topology.routers.map(({ name }) => ({
      what: 'router',
      name,
      more: '',
      href: hashOf({ view: 'topology', item: name }),
    })),
    ...topology.hosts.map(({ name, address }) => ({
      what: 'host',
      name,
      more: address,
      href: hashOf({ view: 'topology', item: name }),
    })),
    ...pools.map(({ name, cidr }) => ({
      what: 'pool',
      name,
      more: cidr,
      href: hashOf({ view: 'addresses', item: name }),
    })),
    ...findings.map(({ code, message }) => ({
      what: 'finding',
      name: code,
      more: message,
      href: hashOf({ view: 'findings', find: code }),
    })),
  ]
}

/** The block that holds an IPv4 address, and the node that has it. */
function ofAddress({ data }: Page, text: string): readonly Hit[] {
  const address = parseIPv4(text)
  if (address === undefined) return []
  return data.pools.flatMap(({ name, map, cidr }) => {
    const pool = parsePrefix4(cidr)
    if (pool === undefined || !pool.holds(address)) return []
    const entry = map.cidr.findIndex((block) => parsePrefix4(block)?.holds(address))
    const owner = data.nodes.name[map.owner[entry] ?? -1]
    const place =
      entry < 0 ? 'in no block yet' : `in block ${map.cidr[entry]}${owner === undefined ? '' : ` of ${owner}`}`
    return [
      {
        what: 'address',
        name: text,
        more: `${place}, pool ${name}`,
        href: hashOf({ view: 'addresses', item: name, find: text }),
      },
      ...(owner === undefined
        ? []
        : [
            {
              what: 'holder',
              name: owner,
              more: `holds the block of ${text}`,
              href: hashOf({ view: 'nodes', item: owner }),
            },
          ]),
    ]
  })
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
