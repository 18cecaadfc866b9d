import { planAnswer } from '../../report/plan.js'
import { EXIT } from '../exit-status.js'
import { openForCommand, requireNodes } from '../open.js'
import { type Command, pathsOf } from '../options.js'
import { print } from '../print.js'

export const plan: Command = {
  name: 'plan',
  usage: 'plan [paths..]',
  about: 'The whole picture on one page: sessions, one table, capacity, hazards',
  examples: [['plan cluster/', 'Start here']],
  build: (args) =>
    args.positional('paths', { type: 'string', array: true, describe: 'Manifests' }).option('node', {
      type: 'string',
      requiresArg: true,
      describe: 'Whose table to show; the first node by default',
    }),
  run: async (flags, terminal) => {
    const opened = openForCommand(pathsOf(flags), flags, terminal)
    const { simulation } = opened
    const chosen = typeof flags['node'] === 'string' ? flags['node'] : simulation.cluster.nodes[0]?.name
    requireNodes(simulation.cluster, chosen === undefined ? [] : [chosen])
    const answer = planAnswer(simulation, opened.check(), chosen, flags.strict)
    await print(answer, flags, terminal)
    return answer.found ? EXIT.found : EXIT.clean
  },
}
