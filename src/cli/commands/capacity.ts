import { capacityAnswer } from '../../report/capacity.js'
import { EXIT } from '../exit-status.js'
import { openForCommand } from '../open.js'
import { type Command, pathsOf } from '../options.js'
import { print } from '../print.js'

export const capacity: Command = {
  name: 'capacity',
  usage: 'capacity [paths..]',
  about: 'Pools, blocks, addresses and routes; which limit is hit first and when',
  examples: [['capacity cluster/', 'How full the pools are and what ends first']],
  build: (args) => args.positional('paths', { type: 'string', array: true, describe: 'Manifests' }),
  run: async (flags, terminal) => {
    const { simulation } = openForCommand(pathsOf(flags), flags, terminal)
    const answer = capacityAnswer(simulation.cluster, simulation.capacity())
    await print(answer, flags, terminal)
    return answer.found ? EXIT.found : EXIT.clean
  },
}
