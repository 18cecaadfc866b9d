import { sessionsAnswer } from '../../report/sessions.js'
import { EXIT } from '../exit-status.js'
import { openForCommand, requireNodes } from '../open.js'
import { type Command, listOf, pathsOf } from '../options.js'
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
      .option('node', { type: 'string', array: true, requiresArg: true, describe: 'Only this node; may be repeated' }),
  run: async (flags, terminal) => {
    const { simulation } = openForCommand(pathsOf(flags), flags, terminal)
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
