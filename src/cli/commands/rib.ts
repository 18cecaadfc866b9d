import { InputError, type Prefix, parsePrefix } from '../../index.js'
import { ribAnswer } from '../../report/rib.js'
import { noteFindings, openForCommand, requireSpeakers } from '../open.js'
import { type Command, listOf, pathsOf } from '../options.js'
import { print } from '../print.js'

export const rib: Command = {
  name: 'rib',
  usage: 'rib [paths..]',
  about: 'The BGP table: all paths, which is best, and the rule that decided',
  examples: [
    ['rib cluster/ --node worker-1', 'What `birdcl show route all` knows on worker-1'],
    ['rib cluster/ --node tor1 --prefix 10.42.7.0/26', "A router's paths to one prefix, and why one is best"],
  ],
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests' })
      .option('node', {
        type: 'string',
        array: true,
        demandOption: true,
        requiresArg: true,
        describe: 'Node or router; may be repeated',
      })
      .option('prefix', { type: 'string', requiresArg: true, describe: 'Only this prefix' }),
  run: async (flags, terminal) => {
    const { simulation } = openForCommand(pathsOf(flags), flags, terminal)
    const names = listOf(flags['node'])
    requireSpeakers(simulation.cluster, names)
    const prefix = typeof flags['prefix'] === 'string' ? prefixOf(flags['prefix']) : undefined
    const nodes = names.map((node) => ({ node, tables: () => simulation.rib(node) }))
    await print(ribAnswer(simulation.cluster, prefix === undefined ? { nodes } : { nodes, prefix }), flags, terminal)
    return noteFindings(simulation.convergence(), terminal)
  },
}

function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text)
  if (prefix) return prefix
  throw new InputError([
    {
      severity: 'error',
      code: 'INPUT_BAD_OPTION',
      message: `--prefix ${JSON.stringify(text)} is no CIDR`,
      hint: 'Write it as 10.42.7.0/26.',
    },
  ])
}
