import {
  DEFAULT_SHAPE,
  ENCAPSULATIONS,
  generateCluster,
  InputError,
  type Shape,
  ShapeError,
  TOPOLOGIES,
} from '../../index.js'
import { renderResources } from '../../report/resources.js'
import { EXIT } from '../exit-status.js'
import type { Command, Flags } from '../options.js'

export const generate: Command = {
  name: 'generate',
  usage: 'generate',
  about: 'Print a synthetic cluster of a given size and shape',
  examples: [
    [
      'generate --nodes 1000 --topology reflectors --reflectors 3 > cluster.yaml',
      'A thousand nodes behind three reflectors',
    ],
    ['generate --nodes 500 | calico-plan capacity -', 'Capacity of a cluster that does not exist yet'],
  ],
  build: (args) =>
    args
      .option('nodes', { type: 'number', default: DEFAULT_SHAPE.nodes, describe: 'Number of nodes' })
      .option('racks', { type: 'number', default: DEFAULT_SHAPE.racks, describe: 'Number of layer-2 segments' })
      .option('topology', { choices: TOPOLOGIES, default: DEFAULT_SHAPE.topology, describe: 'BGP design' })
      .option('reflectors', {
        type: 'number',
        default: DEFAULT_SHAPE.reflectors,
        describe: 'Route reflectors, in all or in each rack',
      })
      .option('encapsulation', {
        choices: ENCAPSULATIONS,
        default: DEFAULT_SHAPE.encapsulation,
        describe: 'Of the pool',
      })
      .option('pods-per-node', { type: 'number', default: DEFAULT_SHAPE.podsPerNode, describe: 'Pods on each node' })
      .option('pool', { type: 'string', default: DEFAULT_SHAPE.pool, describe: 'CIDR of the pool' })
      .option('block-size', { type: 'number', default: DEFAULT_SHAPE.blockSize, describe: 'Block size of the pool' })
      .option('as', { type: 'number', default: DEFAULT_SHAPE.asNumber, describe: 'AS number of the cluster' })
      .option('explicit', {
        type: 'boolean',
        default: false,
        describe: 'Write Node and Pod objects instead of NodeSets',
      }),
  run: async (flags, terminal) => {
    const resources = generated(shapeOf(flags))
    const format = flags.output === 'json' ? 'json' : 'yaml'
    for (const chunk of renderResources(resources, format)) await terminal.out(chunk)
    return EXIT.clean
  },
}

function generated(shape: Shape): ReturnType<typeof generateCluster> {
  try {
    return generateCluster(shape)
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    throw new InputError([
      { severity: 'error', code: 'INPUT_BAD_OPTION', message: error.message, hint: 'See calico-plan generate --help.' },
    ])
  }
}

function shapeOf(flags: Flags): Shape {
  return {
    nodes: Number(flags['nodes']),
    racks: Number(flags['racks']),
    topology: flags['topology'] as Shape['topology'],
    reflectors: Number(flags['reflectors']),
    encapsulation: flags['encapsulation'] as Shape['encapsulation'],
    podsPerNode: Number(flags['podsPerNode']),
    pool: String(flags['pool']),
    blockSize: Number(flags['blockSize']),
    asNumber: Number(flags['as']),
    explicit: flags['explicit'] === true,
  }
}
