import type { Simulation } from '../../index.js'
import { EXIT } from '../exit-status.js'
import { openForCommand } from '../open.js'
import { type Command, type Flags, pathsOf } from '../options.js'
import { print } from '../print.js'
import type { Terminal } from '../terminal.js'
import { TOPICS, type Topic, wrong } from './advise-topics.js'

const NAMES = Object.keys(TOPICS)

export const advise: Command = {
  name: 'advise',
  usage: 'advise <topic> [paths..]',
  about: 'A design with numbers, and the commands that carry it out',
  examples: [
    ['advise mtu', 'What MTU each kind of network leaves to pods'],
    ['advise mtu cluster/', 'What the pods of a cluster get, what fits, and how to change it'],
    ['advise encapsulation cluster/', 'Which mode costs least of those that work on this network'],
    ['advise blocksize cluster/ --grow nodes=500,podsPerNode=60', 'The block size with the fewest routes'],
    ['advise pool cluster/ --grow nodes=500', 'What pool is missing then, and where it can lie'],
    [
      'advise rr cluster/ --grow nodes=500',
      'Full mesh or reflectors, which nodes, and the way there without an outage',
    ],
  ],
  build: (args) =>
    args
      .positional('topic', { type: 'string', choices: NAMES, demandOption: true, describe: 'What to advise on' })
      .positional('paths', { type: 'string', array: true, describe: 'Manifests' })
      .option('grow', {
        type: 'string',
        requiresArg: true,
        describe: 'Of blocksize, pool and rr: the size to plan for, such as nodes=500,podsPerNode=60',
      })
      .option('cidr', {
        type: 'string',
        requiresArg: true,
        describe: 'Of blocksize without a PATH: the CIDR of the pool',
      })
      .option('reflectors', {
        type: 'number',
        requiresArg: true,
        describe: 'Of rr: so many reflectors, whatever the size',
      }),
  run: async (flags, terminal) => {
    const topic = topicOf(flags)
    await print(topic.answer(simulationOf(topic, flags, terminal), flags), flags, terminal)
    return EXIT.clean
  },
}

function topicOf(flags: Flags): Topic {
  const name = String(flags['topic'])
  const topic = Object.hasOwn(TOPICS, name) ? TOPICS[name] : undefined
  if (topic !== undefined) return topic
  throw wrong(`there is no topic ${JSON.stringify(name)}`, `Topics are ${NAMES.join(', ')}.`)
}

function simulationOf(topic: Topic, flags: Flags, terminal: Terminal): Simulation {
  const paths = pathsOf(flags)
  if (paths.length === 0 && topic.withoutInput !== undefined) return topic.withoutInput(flags)
  return openForCommand(paths, flags, terminal).simulation
}
