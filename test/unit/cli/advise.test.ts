import { describe, expect, test } from 'vitest'
import { calicoPlan } from '../../cli.js'

const json = async (...argv: string[]) => JSON.parse((await calicoPlan(...argv, '-o', 'json', '-q')).out) as never

describe('advise', () => {
  test("mtu without a PATH prints the guide's table", async () => {
    const { status, out } = await calicoPlan('advise', 'mtu')
    expect(status).toBe(0)
    for (const line of [
      /^Ethernet +1500 +1500 +1480 +1450 +1440 /m,
      /^Jumbo frames +9000 +9000 +8980 +8950 +8940 /m,
      /^AWS +9001 +9001 +8981 +8951 +8941 /m,
      /^Google Cloud +1460 +1460 +1440 +1410 +1400 /m,
      /^OpenStack with VXLAN +1450 +1450 +1430 +1400 +1390 /m,
    ])
      expect(out).toMatch(line)
  })

  test('mtu of the guide, row 9, says 20 bytes too large and how to mend it', async () => {
    const { status, out } = await calicoPlan('advise', 'mtu', 'scenarios/veth-mtu')
    expect(status).toBe(0)
    expect(out).toContain('20 too large')
    expect(out).toContain(`-p '{"data":{"veth_mtu":"0"}}'`)
    expect(out).toContain('every new pod gets 8981')
  })

  test('has a document for every topic', async () => {
    const shown: readonly [topic: string, key: string][] = [
      ['mtu', 'groups'],
      ['encapsulation', 'options'],
      ['blocksize', 'pools'],
      ['pool', 'families'],
    ]
    for (const [topic, key] of shown) {
      const document: Readonly<Record<string, unknown>> = await json('advise', topic, 'scenarios/ipip-by-default')
      expect(document).toMatchObject({ apiVersion: 'calico-plan/v1', kind: 'AdviceReport', topic })
      expect(document[key]).toHaveLength(topic === 'encapsulation' ? 5 : 1)
    }
  })

  test('pool and blocksize plan a cluster that does not exist yet', async () => {
    const { out } = await calicoPlan('advise', 'pool', '--grow', 'nodes=500,podsPerNode=60')
    expect(out).toContain('cidr: 10.0.0.0/15')
    const sizes = await calicoPlan(
      'advise',
      'blocksize',
      '--grow',
      'nodes=100,podsPerNode=110',
      '--cidr',
      '10.42.0.0/16',
    )
    expect(sizes.out).toMatch(/^\* +\/24 /m)
  })

  test.each([
    [['advise', 'nonsense']],
    [['advise', 'encapsulation']],
    [['advise', 'pool']],
    [['advise', 'pool', '--grow', 'nodes=many']],
    [['advise', 'blocksize', '--grow', 'nodes=5', '--cidr', '10.42.0.0']],
  ])('%j is a wrong call', async (argv) => {
    expect((await calicoPlan(...argv)).status).toBe(2)
  })
})

describe('routes --devices', () => {
  test('prints the tunnels of a node', async () => {
    const { status, out } = await calicoPlan('routes', 'scenarios/ipip-by-default', '--devices', '--node', 'rke-node1')
    expect(status).toBe(0)
    expect(out).toContain('tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 1480')
    expect(out).toContain('Name: cali40all-hosts-net')
  })

  test('counts every device of every node without --node', async () => {
    const { out } = await calicoPlan('routes', 'scenarios/ipip-by-default', '--devices')
    expect(out.match(/ tunl0 /g)).toHaveLength(4)
  })

  test('has the keys of ip -j in its document', async () => {
    const document: { readonly nodes: readonly Readonly<Record<string, unknown>>[] } = await json(
      'routes',
      'scenarios/ipip-by-default',
      '--devices',
    )
    expect(document.nodes).toHaveLength(4)
    expect(document.nodes[0]).toMatchObject({
      node: 'rke-node1',
      mtu: { interface: 'eth0', ipip: 1480, pod: 1480 },
      links: [{ ifname: 'tunl0', mtu: 1480, linkinfo: { info_kind: 'ipip' } }],
    })
  })
})
