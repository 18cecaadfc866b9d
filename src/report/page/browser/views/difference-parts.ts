/** What differs, in the order in which it matters: who loses whom, sessions, routes, addresses, findings, resources. */

import type { CauseDocument, DifferenceDocument, FindingDocument, GroupDocument, RouteDocument } from '../documents.js'
import { type Child, h } from '../dom.js'
import { facts, names, note, toneSign } from '../parts.js'
import { longTable, shortTable } from '../table.js'
import { listed, number } from '../words.js'

const MOST_CAUSES = 3
const SIGNS: Readonly<Record<string, string>> = { added: '+', removed: '−', changed: '~' }

export function differenceParts(document: DifferenceDocument): readonly Child[] {
  const { sessions, routes, reachability: reach, nodes } = document
  return [
    facts([
      ['Sessions', `${number(sessions.before.established)} → ${number(sessions.after.established)} established`],
      [
        'Routes',
        `+${number(routes.added)} −${number(routes.removed)} ~${number(routes.changed)} on ${number(routes.nodes)} nodes`,
      ],
      [
        'Pairs reached',
        `${number(reach.before.delivered)} of ${number(reach.before.total)} → ${number(reach.after.delivered)} of ${number(reach.after.total)}`,
      ],
      ...(nodes.added.length > 0 ? ([['Nodes added', listed(nodes.added)]] as const) : []),
      ...(nodes.removed.length > 0 ? ([['Nodes removed', listed(nodes.removed)]] as const) : []),
      ...(document.release === undefined
        ? []
        : ([['Calico', `${document.release.before} → ${document.release.after}`]] as const)),
    ]),
    reachPart(document),
    sessionsPart(document),
    routesPart(document),
    capacityPart(document),
    findingsPart('New findings', document.findings.added),
    findingsPart('Findings that are gone', document.findings.gone),
    resourcesPart(document),
  ]
}

function reachPart({ reachability: { groups } }: DifferenceDocument): Child {
  if (groups.length === 0) return null
  return part(
    'Reachability',
    shortTable(
      'Pairs whose fate differs',
      [
        { name: 'Change' },
        { name: 'Pairs', align: 'right' },
        { name: 'From' },
        { name: 'To' },
        { name: 'Before' },
        { name: 'After' },
      ],
      groups.map(({ change, pairs, from, to, before, after }) => [
        h(
          'span',
          { class: 'state' },
          toneSign(change === 'lost' ? 'bad' : change === 'restored' ? 'good' : 'warn'),
          ` ${change}`,
        ),
        number(pairs),
        names(from),
        names(to),
        fate(before),
        fate(after),
      ]),
    ),
  )
}

function fate({ verdict, reason }: { readonly verdict: string; readonly reason?: string }): string {
  return reason === undefined ? verdict : `${verdict}: ${reason}`
}

function sessionsPart({ sessions: { groups } }: DifferenceDocument): Child {
  if (groups.length === 0) return null
  return part(
    'Sessions',
    shortTable(
      'Sessions that differ',
      [
        { name: '' },
        { name: 'Count', align: 'right' },
        { name: 'Kind' },
        { name: 'Between' },
        { name: 'And' },
        { name: 'Established' },
        { name: 'What' },
        { name: 'Because of' },
      ],
      groups.map(({ change, count, kind, between, and, established, fields, causes }) => [
        sign(change),
        number(count),
        kind,
        names(between),
        names(and),
        `${number(established.before)} → ${number(established.after)}`,
        fields.join(', '),
        causesText(causes),
      ]),
    ),
  )
}

function routesPart({ routes: { groups } }: DifferenceDocument): Child {
  if (groups.length === 0) return null
  return part(
    'Routes',
    shortTable(
      'Routes that differ',
      [
        { name: '' },
        { name: 'Count', align: 'right' },
        { name: 'Destinations' },
        { name: 'On' },
        { name: 'For example', code: true },
        { name: 'Because of' },
      ],
      groups.map(({ change, count, destinations, nodes, example, causes }) => [
        sign(change),
        number(count),
        names(destinations, 3),
        names(nodes, 3),
        [
          example.before === undefined ? null : h('div', { class: 'gone' }, `− ${routeText(example.before)}`),
          example.after === undefined ? null : h('div', { class: 'come' }, `+ ${routeText(example.after)}`),
        ],
        causesText(causes),
      ]),
    ),
  )
}

function routeText({ dst, type, gateway, dev, protocol }: RouteDocument): string {
  const parts = [type, dst, gateway && `via ${gateway}`, dev && `dev ${dev}`, protocol && `proto ${protocol}`]
  return parts.filter((text) => text !== undefined && text !== '').join(' ')
}

function capacityPart({ capacity: { pools, blocks, pods, unplaced } }: DifferenceDocument): Child {
  const moved = blocks.added + blocks.removed + blocks.moved + pods.added + pods.removed + pods.readdressed
  if (pools.length === 0 && moved === 0 && unplaced.length === 0) return null
  return part(
    'Addresses',
    facts([
      ['Blocks', `+${number(blocks.added)} −${number(blocks.removed)}, ${number(blocks.moved)} to another node`],
      ['Pods', `+${number(pods.added)} −${number(pods.removed)}, ${number(pods.readdressed)} with another address`],
      ...(unplaced.length > 0 ? ([['Without an address', listed(unplaced)]] as const) : []),
    ]),
    pools.length === 0
      ? null
      : shortTable(
          'Pools that differ',
          [
            { name: '' },
            { name: 'Pool' },
            { name: 'What' },
            { name: 'Before', align: 'right' },
            { name: 'After', align: 'right' },
          ],
          pools.flatMap(({ change, name, settings, figures }) =>
            [
              ...settings.map(({ field, before, after }) => [field, before ?? '', after ?? ''] as const),
              ...figures.map(
                ({ what, before, after }) => [FIGURES[what] ?? what, number(before), number(after)] as const,
              ),
            ].map(([what, before, after], i) => [
              i === 0 ? sign(change) : '',
              i === 0 ? name : '',
              what,
              before,
              after,
            ]),
          ),
        ),
  )
}

const FIGURES: Readonly<Record<string, string>> = {
  totalBlocks: 'blocks',
  affineBlocks: 'blocks in use',
  freeBlocks: 'free blocks',
  pods: 'pods',
  tunnels: 'tunnel addresses',
  borrowed: 'borrowed addresses',
  freeAddresses: 'free addresses',
}

export function findingsPart(title: string, findings: readonly FindingDocument[]): Child {
  if (findings.length === 0) return null
  return part(
    title,
    findings.map(({ severity, code, message, hint }) =>
      h(
        'article',
        { class: `finding ${severity === 'error' ? 'bad' : severity === 'warning' ? 'warn' : 'plain'}` },
        h('p', {}, toneSign(severity === 'error' ? 'bad' : severity === 'warning' ? 'warn' : 'plain'), ' ', message),
        hint === undefined ? null : h('p', {}, h('strong', {}, 'To mend: '), hint),
        h('p', { class: 'where' }, h('code', {}, code)),
      ),
    ),
  )
}

function resourcesPart({ resources }: DifferenceDocument): Child {
  if (resources.length === 0) return null
  const rows = resources.flatMap(({ change, kind, namespace, name, fields }) => {
    const named = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
    if (fields.length === 0) return [[sign(change), named, '', '', '']]
    return fields.map(({ field, before, after }, i) => [
      i === 0 ? sign(change) : '',
      i === 0 ? named : '',
      field,
      valueText(before),
      valueText(after),
    ])
  })
  const table = longTable('Resources that differ', [
    { name: '' },
    { name: 'Resource' },
    { name: 'Field' },
    { name: 'Before' },
    { name: 'After' },
  ])
  table.fill(rows.length, (i) => rows[i] ?? [])
  return part('Resources', table.element)
}

function valueText(value: unknown): string {
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

export function groupsTable(caption: string, groups: readonly GroupDocument[]): HTMLElement {
  return shortTable(
    caption,
    [{ name: 'Pairs', align: 'right' }, { name: 'From' }, { name: 'To' }, { name: 'Reason' }],
    groups.map(({ pairs, from, to, reason }) => [number(pairs), names(from), names(to), reason ?? '']),
  )
}

function sign(change: string): HTMLElement {
  return h(
    'span',
    { class: `change ${change}`, role: 'img', 'aria-label': change, title: change },
    SIGNS[change] ?? '·',
  )
}

function causesText(causes: readonly CauseDocument[]): Child {
  const texts = causes.map(
    ({ kind, name, fields }) =>
      `${kind} ${name}${fields === undefined || fields.length === 0 ? '' : `: ${fields.join(', ')}`}`,
  )
  return h(
    'span',
    { class: 'causes' },
    texts.slice(0, MOST_CAUSES).map((text) => h('span', {}, text)),
    texts.length > MOST_CAUSES ? `and ${texts.length - MOST_CAUSES} more` : null,
  )
}

function part(title: string, ...children: readonly Child[]): HTMLElement {
  return h('section', {}, h('h3', {}, title), children)
}

export function nothingDiffers(): Child {
  return note('The network does the same before and after.')
}
