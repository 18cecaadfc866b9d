import { describe, expect, test } from 'vitest'
import { calicoPlan } from '../../cli.js'

describe('calico-plan reach', () => {
  test('exits 0 when every pair is delivered', async () => {
    const { status, out } = await calicoPlan('reach', 'scenarios/cross-subnet')
    expect(status).toBe(0)
    expect(out).toContain('12 ordered pairs')
  })

  test('exits 1 when pairs are lost, and lists every ordered pair with --pairs', async () => {
    const { status, out } = await calicoPlan('reach', 'scenarios/several-fixed-pod-ips', '--pairs', '-o', 'json')
    expect(status).toBe(1)
    const report = JSON.parse(out) as {
      readonly kind: string
      readonly pairs: { readonly total: number; readonly lost: number }
      readonly groups: readonly { readonly pairs: number; readonly verdict: string }[]
      readonly pairList: readonly { readonly from: string; readonly to: string; readonly verdict: string }[]
    }
    expect(report.kind).toBe('ReachReport')
    expect(report.pairList.length).toBe(report.pairs.total)
    expect(report.pairList.filter(({ verdict }) => verdict === 'lost').length).toBe(report.pairs.lost)
    expect(report.groups.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(report.pairs.total)
  })

  test('says what mends each loss', async () => {
    const { out } = await calicoPlan('reach', 'scenarios/several-fixed-pod-ips')
    expect(out).toMatch(/CrossSubnet/)
    expect(out).toMatch(/trace --from default\/\S+ --to default\/\S+/)
  })
})
