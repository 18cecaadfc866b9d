import { type Cluster, type FlowEnd, InputError, parseAddress } from '../../index.js'
import { traceAnswer } from '../../report/trace.js'
import { EXIT } from '../exit-status.js'
import { noteFindings, openForCommand } from '../open.js'
import { type Command, pathsOf } from '../options.js'
import { print } from '../print.js'

/** An ordinary TCP segment on a network of 1,500 bytes does not need more. */
const DEFAULT_SIZE = 100

export const trace: Command = {
  name: 'trace',
  usage: 'trace [paths..]',
  about: 'One flow hop by hop: route, encapsulation, SNAT, MTU, and where it ends; also the way back',
  examples: [
    ['trace cluster/ --from default/web-0 --to default/web-1', 'From pod to pod'],
    ['trace cluster/ --from worker-1 --to 10.42.7.5 --size 1500', 'From a node to an address, with a full packet'],
  ],
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests' })
      .option('from', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'Pod (namespace/name), node, host or address',
      })
      .option('to', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'Pod (namespace/name), node, host or address',
      })
      .option('size', { type: 'number', default: DEFAULT_SIZE, describe: 'IP packet length in bytes' })
      .option('protocol', { choices: ['tcp', 'udp', 'icmp'] as const, default: 'icmp' as const, describe: 'Protocol' }),
  run: async (flags, terminal) => {
    const { simulation } = openForCommand(pathsOf(flags), flags, terminal)
    const { cluster } = simulation
    const to = flowEnd(cluster, String(flags['to']), '--to')
    const from = flowEnd(cluster, String(flags['from']), '--from')
    const family = [from, to].some((end) => end.kind === 'address' && end.address.family === 6) ? 6 : 4
    const answer = traceAnswer(
      cluster,
      simulation.trace({
        from,
        to,
        family,
        size: Number(flags['size']),
        protocol: flags['protocol'] as 'tcp' | 'udp' | 'icmp',
      }),
    )
    await print(answer, flags, terminal)
    const noted = noteFindings(simulation.convergence(), terminal)
    return answer.found ? EXIT.found : noted
  },
}

function flowEnd(cluster: Cluster, text: string, flag: string): FlowEnd {
  const address = parseAddress(text)
  if (address) return { kind: 'address', address }
  const slash = text.indexOf('/')
  if (slash > 0) return { kind: 'pod', namespace: text.slice(0, slash), name: text.slice(slash + 1) }
  if (cluster.nodeByName.has(text)) return { kind: 'node', name: text }
  if (cluster.underlay.hosts.some(({ name }) => name === text)) return { kind: 'host', name: text }
  throw new InputError([
    {
      severity: 'error',
      code: 'INPUT_BAD_OPTION',
      message: `${flag} ${JSON.stringify(text)} is no address, node or host of the input`,
      hint: 'Write a pod as namespace/name.',
    },
  ])
}
