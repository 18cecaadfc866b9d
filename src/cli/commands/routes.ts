import { type Cluster, InputError, type NodeDevices, type Simulation } from '../../index.js'
import { devicesAnswer } from '../../report/devices.js'
import { routesAnswer } from '../../report/routes.js'
import { jsonAround } from '../../report/stream.js'
import { EXIT } from '../exit-status.js'
import { jobsOf, jobsOption, sharedOut, taskInput } from '../jobs.js'
import { noteFindings, openForCommand, requireNodes } from '../open.js'
import { type Command, type Flags, listOf, pathsOf } from '../options.js'
import { print, printPieces } from '../print.js'
import type { RoutesTask } from '../worker.js'

export const routes: Command = {
  name: 'routes',
  usage: 'routes [paths..]',
  about: "Every node's kernel table",
  examples: [
    ['routes cluster/ --node worker-1', 'What `ip route show` prints on worker-1'],
    ['routes cluster/ --node worker-1 --explain', 'The same, with who wrote each route and why'],
    ['routes cluster/ --all > routes.txt', 'The tables of all nodes, a heading above each'],
    ['routes cluster/ --node worker-1 --devices', 'Its tunnels: addresses, MTU, neighbours, who may send to them'],
  ],
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests' })
      .option('node', { type: 'string', array: true, requiresArg: true, describe: 'Only this node; may be repeated' })
      .option('all', { type: 'boolean', default: false, describe: 'Whole tables of every node, one after the other' })
      .option('devices', {
        type: 'boolean',
        default: false,
        describe:
          'Tunnel devices instead of routes: as `ip -d addr`, `bridge fdb`, `ip neigh`, `ip rule` and `ipset list` print them',
      })
      .option('explain', {
        type: 'boolean',
        default: false,
        describe: 'Say why each route is there (as -o wide does)',
      })
      .option(...jobsOption('Workers that make the tables of -o json --explain; each reads the input')),
  run: async (flags, terminal) => {
    const jobs = jobsOf(flags)
    const all = allOf(flags)
    const { simulation } = openForCommand(pathsOf(flags), flags, terminal)
    const { cluster } = simulation
    const nodes = listOf(flags['node'])
    requireNodes(cluster, nodes)
    const document = flags.output === 'json' || flags.output === 'yaml'
    const names =
      nodes.length > 0 ? nodes : document || all ? cluster.nodes.map(({ name }) => name) : someNodes(cluster)
    if (flags['devices'] === true) {
      const devices = {
        devices: () => devicesOf(simulation, names),
        chosen: nodes.length > 0,
        total: cluster.nodes.length,
      }
      await print(devicesAnswer(cluster, devices), flags, terminal)
      return EXIT.clean
    }
    const explain = flags['explain'] === true || flags.output === 'wide'
    const answer = routesAnswer(cluster, {
      tables: function* () {
        for (const node of names) yield { node, tables: simulation.routes(node) }
      },
      ...(explain || names.length < MANY_TABLES
        ? {}
        : {
            numbered: function* () {
              for (const node of names) yield { node, tables: simulation.numberedRoutes(node) }
            },
          }),
      chosen: nodes.length > 0 || all,
      asked: names.length,
      total: cluster.nodes.length,
      explain,
    })
    // Without reasons one process is as quick as what it writes to.
    if (jobs > 1 && flags.output === 'json' && explain) {
      const routes = simulation.ipam.blocks.length + cluster.nodes.length
      await printPieces(jsonAround(answer.document, sharedTables(names, { flags, jobs, explain, routes })), terminal)
    } else await print(answer, flags, terminal)
    return noteFindings(simulation.convergence(), terminal)
  },
}

/** Throws InputError where every table is more than what was asked for can hold. */
function allOf(flags: Flags): boolean {
  if (flags['all'] !== true) return false
  const against = listOf(flags['node']).length > 0 ? '--node' : flags['devices'] === true ? '--devices' : undefined
  if (against === undefined && flags.output !== 'markdown') return true
  const [message, hint] =
    against === undefined
      ? ['--all does not fit into a Markdown comment', 'Leave -o out, or write -o wide or -o json.']
      : [`--all does not go together with ${against}`, 'Leave one of them out.']
  throw new InputError([{ severity: 'error', code: 'INPUT_BAD_OPTION', message, hint }])
}

/** From so many nodes on, what is worked out for all tables at once costs less than the tables one by one. */
const MANY_TABLES = 20

interface Sharing {
  readonly flags: Flags
  readonly jobs: number
  readonly explain: boolean
  /** Of one table, about. */
  readonly routes: number
}

/** Routes that a task is about: enough that giving it out costs little beside it, and its text is soon written. */
const ROUTES_OF_TASK = 50_000

function sharedTables(names: readonly string[], { flags, jobs, explain, routes }: Sharing): AsyncIterable<Uint8Array> {
  const size = Math.max(1, Math.floor(ROUTES_OF_TASK / routes))
  const input = taskInput(flags)
  const tasks = Array.from({ length: Math.ceil(names.length / size) }, (_, i): RoutesTask => {
    return { kind: 'routes', input, explain, nodes: names.slice(i * size, (i + 1) * size) }
  })
  return sharedOut(jobs, tasks)
}

function* devicesOf(simulation: Simulation, names: readonly string[]): Iterable<NodeDevices> {
  for (const name of names) {
    const found = simulation.devices(name)
    if (found !== undefined) yield found
  }
}

/** An overview is for reading: a large cluster shows nodes spread evenly over it, and -o json every one. */
const MOST_NODES_SHOWN = 100

function someNodes({ nodes }: Cluster): readonly string[] {
  if (nodes.length <= MOST_NODES_SHOWN) return nodes.map(({ name }) => name)
  const step = nodes.length / MOST_NODES_SHOWN
  return Array.from({ length: MOST_NODES_SHOWN }, (_, i) => nodes[Math.floor(i * step)]).flatMap(
    (node) => node?.name ?? [],
  )
}
