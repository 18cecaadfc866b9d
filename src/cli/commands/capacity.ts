import {
  type Address,
  type Cluster,
  type Growth,
  GrowthError,
  type GrowthTarget,
  growthOf,
  InputError,
  parseAddress,
  parseGrowthTarget,
} from '../../index.js'
import { capacityAnswer } from '../../report/capacity.js'
import { type IpamShow, ipamShowAnswer } from '../../report/capacity-calicoctl.js'
import { EXIT } from '../exit-status.js'
import { openForCommand } from '../open.js'
import { type Command, type Flags, pathsOf } from '../options.js'
import { print } from '../print.js'

export const capacity: Command = {
  name: 'capacity',
  usage: 'capacity [paths..]',
  about: 'Pools, blocks, addresses and routes; which limit is hit first and when',
  examples: [
    ['capacity cluster/', 'How full the pools are and what ends first'],
    ['capacity cluster/ --grow nodes=500,podsPerNode=60', 'What runs out, and at which node, on the way there'],
    ['capacity cluster/ --like-calicoctl --show-blocks', 'What `calicoctl ipam show --show-blocks` prints'],
  ],
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests' })
      .option('grow', {
        type: 'string',
        requiresArg: true,
        describe: 'Grow to nodes=, pods= and podsPerNode=, separated by commas; +NUMBER adds',
      })
      .option('like-calicoctl', {
        type: 'boolean',
        default: false,
        describe: 'Print what `calicoctl ipam show` prints',
      })
      .option('show-blocks', { type: 'boolean', default: false, describe: 'As in calicoctl: the blocks of each pool' })
      .option('show-borrowed', { type: 'boolean', default: false, describe: 'As in calicoctl: borrowed addresses' })
      .option('show-configuration', { type: 'boolean', default: false, describe: 'As in calicoctl: IPAM settings' })
      .option('ip', { type: 'string', requiresArg: true, describe: 'As in calicoctl: who has this address' }),
  run: async (flags, terminal) => {
    const show = ipamShowOf(flags)
    const target = usable(() => (flags['grow'] === undefined ? undefined : parseGrowthTarget(String(flags['grow']))))
    const { simulation } = openForCommand(pathsOf(flags), flags, terminal)
    const { cluster } = simulation
    const answer = show
      ? ipamShowAnswer(cluster, simulation.ipam, show)
      : capacityAnswer(cluster, simulation.capacity(), target && grown(cluster, target))
    await print(answer, flags, terminal)
    return answer.found ? EXIT.found : EXIT.clean
  },
}

function grown(cluster: Cluster, target: GrowthTarget): Growth {
  return usable(() => growthOf(cluster, target))
}

function usable<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof GrowthError)) throw error
    const hint = 'Such as --grow nodes=500,podsPerNode=60, nodes=+10, pods=20000 or podsPerNode=80.'
    throw new InputError([{ severity: 'error', code: 'INPUT_BAD_OPTION', message: `--grow: ${error.message}`, hint }])
  }
}

/** Any of calicoctl's own flags asks for calicoctl's output. */
function ipamShowOf(flags: Flags): IpamShow | undefined {
  const show = {
    ip: addressOf(flags['ip']),
    showBlocks: flags['showBlocks'] === true,
    showBorrowed: flags['showBorrowed'] === true,
    showConfiguration: flags['showConfiguration'] === true,
  }
  const { ip, showBlocks, showBorrowed, showConfiguration } = show
  const asked = flags['likeCalicoctl'] === true || ip || showBlocks || showBorrowed || showConfiguration
  return asked ? show : undefined
}

function addressOf(value: unknown): Address | undefined {
  if (value === undefined) return undefined
  const address = parseAddress(String(value))
  if (address) return address
  throw new InputError([
    {
      severity: 'error',
      code: 'INPUT_BAD_OPTION',
      message: `--ip ${JSON.stringify(value)} is no address`,
      hint: 'Write one IPv4 or IPv6 address, such as --ip 10.42.210.135.',
    },
  ])
}
