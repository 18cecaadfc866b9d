import { type Simulation, sessionGraph, underlayGraph } from '../../index.js'
import { FORMATS } from '../../report/answer.js'
import { GRAPH_FORMATS, type GraphFormat, renderGraph } from '../../report/graph-export.js'
import { sessionsAnswer } from '../../report/sessions.js'
import { EXIT } from '../exit-status.js'
import { openForCommand, requireNodes } from '../open.js'
import { type Command, type Flags, listOf, pathsOf } from '../options.js'
import { print } from '../print.js'

export const sessions: Command = {
  name: 'sessions',
  usage: 'sessions [paths..]',
  about: 'Who peers with whom over BGP, why, and does it establish',
  examples: [
    ['sessions cluster/', 'All sessions counted, the failing ones listed, other designs compared'],
    ['sessions cluster/ --node worker-1', 'What `calicoctl node status` prints on worker-1'],
  ],
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests' })
      .option('output', {
        alias: 'o',
        choices: [...FORMATS, ...GRAPH_FORMATS],
        default: 'table',
        describe: 'Format of the answer',
      })
      .option('graph', {
        choices: ['sessions', 'underlay'] as const,
        default: 'sessions' as const,
        describe: 'What -o graphml and -o dot draw',
      })
      .option('family', {
        choices: [4, 6] as const,
        default: 4 as const,
        describe: 'Address family of the drawn sessions',
      })
      .option('node', { type: 'string', array: true, requiresArg: true, describe: 'Only this node; may be repeated' }),
  run: async (flags, terminal) => {
    const { simulation } = openForCommand(pathsOf(flags), flags, terminal)
    const format = GRAPH_FORMATS.find((name) => name === String(flags.output))
    if (format) {
      await terminal.out(drawn(simulation, format, flags))
      return EXIT.clean
    }
    const nodes = listOf(flags['node'])
    requireNodes(simulation.cluster, nodes)
    const answer = sessionsAnswer(simulation.cluster, {
      survey: simulation.sessionSurvey(),
      speakers: () => simulation.sessions(nodes),
      nodes,
    })
    await print(answer, flags, terminal)
    return EXIT.clean
  },
}

function drawn({ bgp, cluster }: Simulation, format: GraphFormat, flags: Flags): string {
  const family = flags['family'] === 6 ? 6 : 4
  return flags['graph'] === 'underlay'
    ? renderGraph(underlayGraph(cluster), format)
    : renderGraph(sessionGraph(bgp, family), format)
}
