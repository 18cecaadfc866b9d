import { checkExpectations } from '../../index.js'
import { FORMATS } from '../../report/answer.js'
import { expectationsAnswer, junit } from '../../report/expectations.js'
import { ipRouteText } from '../../report/ip-route-text.js'
import { EXIT } from '../exit-status.js'
import { openForCommand } from '../open.js'
import { type Command, pathsOf } from '../options.js'
import { print } from '../print.js'

export const test: Command = {
  name: 'test',
  usage: 'test [paths..]',
  about: 'Run every Expectation: unit tests of the network',
  examples: [
    ['test cluster/', 'Does the network do what its Expectations say'],
    ['test cluster/ -o junit > network.xml', 'For a CI job'],
  ],
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests with documents of kind Expectation' })
      .option('output', {
        alias: 'o',
        choices: [...FORMATS, 'junit'],
        default: 'table',
        describe: 'Format of the answer',
      }),
  run: async (flags, terminal) => {
    const { simulation } = openForCommand(pathsOf(flags), flags, terminal)
    const results = checkExpectations(simulation, ipRouteText)
    const answer = expectationsAnswer(simulation.cluster, results)
    if (String(flags.output) === 'junit') await terminal.out(junit(results))
    else await print(answer, flags, terminal)
    return answer.found ? EXIT.found : EXIT.clean
  },
}
