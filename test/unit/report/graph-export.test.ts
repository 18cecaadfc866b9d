import { UndirectedGraph } from 'graphology'
import { describe, expect, test } from 'vitest'
import { openInput, sessionGraph, underlayGraph } from '../../../src/index.js'
import { renderGraph } from '../../../src/report/graph-export.js'

describe('graphs', () => {
  test('a full mesh is one node of the graph, not its pairs', () => {
    const graph = sessionGraph(openInput(['scenarios/node-to-node-mesh']).simulation.bgp, 4)
    expect(graph.order).toBe(101)
    expect(graph.size).toBe(100)
  })

  test('reflector sessions are edges with their state', () => {
    const graph = sessionGraph(openInput(['scenarios/route-reflectors']).simulation.bgp, 4)
    expect(graph.size).toBe(3)
    expect(graph.degree('node/rke-node4')).toBe(3)
    graph.forEachEdge((_, { state }) => expect(state).toBe('Established'))
  })

  test('the underlay has its segments, and whoever hangs on each', () => {
    const graph = underlayGraph(openInput(['scenarios/snat-off']).cluster)
    expect(graph.neighbors('router/core').sort()).toEqual(['subnet/office', 'subnet/rack-a', 'subnet/rack-b'])
    expect(graph.neighbors('host/nfs')).toEqual(['subnet/office'])
    expect(graph.degree('subnet/rack-a')).toBe(4)
  })

  test('names from manifests cannot break out of GraphML or DOT', () => {
    const graph = new UndirectedGraph()
    graph.addNode('a"b<c>&\u0001', { kind: 'node', label: '"; } evil {' })
    expect(renderGraph(graph, 'graphml')).toContain('<node id="a&quot;b&lt;c&gt;&amp;\ufffd">')
    expect(renderGraph(graph, 'dot')).toContain('"a\\"b<c>&\ufffd" [label="\\"; } evil {" shape=ellipse];')
  })
})
