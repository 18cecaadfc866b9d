import { readFlowEnd, traceInSomeFamily } from '../../index.js'
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
    ['trace cluster/ --from default/web-0 --to service/default/api', 'To a Service, by way of each of its endpoints'],
    ['trace cluster/ --from worker-1 --to 10.42.7.5 --size 1500', 'From a node to an address, with a full packet'],
  ],
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests' })
      .option('from', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'Pod (namespace/name), node, router, host or address',
      })
      .option('to', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'The same, or a Service: service/NAMESPACE/NAME, its address, or NODE:NODEPORT',
      })
      .option('size', { type: 'number', default: DEFAULT_SIZE, describe: 'IP packet length in bytes' })
      .option('protocol', { choices: ['tcp', 'udp', 'icmp'] as const, default: 'icmp' as const, describe: 'Protocol' }),
  run: async (flags, terminal) => {
    const { simulation } = openForCommand(pathsOf(flags), flags, terminal)
    const { cluster } = simulation
    const to = readFlowEnd(simulation, String(flags['to']), '--to')
    const from = readFlowEnd(simulation, String(flags['from']), '--from')
    const flow = {
      from,
      to,
      size: Number(flags['size']),
      protocol: flags['protocol'] as 'tcp' | 'udp' | 'icmp',
    }
    const answer = traceAnswer(cluster, traceInSomeFamily(simulation, flow))
    await print(answer, flags, terminal)
    const noted = noteFindings(simulation.convergence(), terminal)
    return answer.found ? EXIT.found : noted
  },
}
