/** Graphs as GraphML (yEd, Gephi, NetworkX) and as DOT (Graphviz). Attributes become data keys and edge attributes. */

import type { AbstractGraph, Attributes } from 'graphology-types'
import { printable } from './text.js'

export const GRAPH_FORMATS = ['graphml', 'dot'] as const
export type GraphFormat = (typeof GRAPH_FORMATS)[number]

type AnyGraph = AbstractGraph<Attributes, Attributes, Attributes>

export function renderGraph(graph: AnyGraph, format: GraphFormat): string {
  return format === 'graphml' ? graphml(graph) : dot(graph)
}

function graphml(graph: AnyGraph): string {
  const nodeKeys = new Map<string, string>()
  const edgeKeys = new Map<string, string>()
  graph.forEachNode((_, attributes) => collect(nodeKeys, attributes))
  graph.forEachEdge((_, attributes) => collect(edgeKeys, attributes))
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...[...nodeKeys].map(([name, type]) => keyElement('node', name, type)),
    ...[...edgeKeys].map(([name, type]) => keyElement('edge', name, type)),
    '  <graph edgedefault="undirected">',
  ]
  graph.forEachNode((node, attributes) => {
    lines.push(`    <node id="${escapeXml(node)}">${dataElements('node', attributes)}</node>`)
  })
  graph.forEachEdge((_, attributes, source, target) => {
    const ends = `source="${escapeXml(source)}" target="${escapeXml(target)}"`
    lines.push(`    <edge ${ends}>${dataElements('edge', attributes)}</edge>`)
  })
  return [...lines, '  </graph>', '</graphml>', ''].join('\n')
}

function collect(keys: Map<string, string>, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) keys.set(name, typeOf(value))
}

function typeOf(value: unknown): 'long' | 'boolean' | 'string' {
  return typeof value === 'number' ? 'long' : typeof value === 'boolean' ? 'boolean' : 'string'
}

function keyElement(of: 'node' | 'edge', name: string, type: string): string {
  return `  <key id="${of}-${escapeXml(name)}" for="${of}" attr.name="${escapeXml(name)}" attr.type="${type}"/>`
}

function dataElements(of: 'node' | 'edge', attributes: Attributes): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<data key="${of}-${escapeXml(name)}">${escapeXml(String(value))}</data>`)
    .join('')
}

/** Characters that XML 1.0 does not have at all become replacement characters. */
export function escapeXml(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
}

const SHAPES: Readonly<Record<string, string>> = {
  node: 'ellipse',
  router: 'box',
  host: 'note',
  subnet: 'plaintext',
  clique: 'hexagon',
  outside: 'diamond',
}

function dot(graph: AnyGraph): string {
  const lines = ['graph calico {', '  layout=neato; overlap=false; splines=true;']
  graph.forEachNode((node, { kind, label }) => {
    lines.push(`  ${quote(node)} [label=${quote(String(label ?? node))} shape=${SHAPES[String(kind)] ?? 'ellipse'}];`)
  })
  graph.forEachEdge((_, attributes, source, target) => {
    const down = attributes['state'] !== undefined && attributes['state'] !== 'Established'
    const shown = attributes['birdName'] ?? attributes['dev'] ?? ''
    lines.push(
      `  ${quote(source)} -- ${quote(target)} [label=${quote(String(shown))}${down ? ' style=dashed color=red' : ''}];`,
    )
  })
  return [...lines, '}', ''].join('\n')
}

function quote(text: string): string {
  return `"${printable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', ' ')}"`
}
