import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadCluster, simulate } from '../../../src/index.js'
import { calicoPlan } from '../../cli.js'

const readme = readFileSync('README.md', 'utf8')

describe('README.md is true', () => {
  test('every command that it lists exists, and every command is listed', async () => {
    const listed = [...readme.matchAll(/^\| `([a-z]+)/gm)].map(([, name]) => name)
    const { out } = await calicoPlan('--help')
    const commands = [...out.matchAll(/^ {2}calico-plan ([a-z]+) /gm)].map(([, name]) => name)
    expect(commands.filter((name) => name !== 'completion').sort()).toEqual(listed.sort())
  })

  test('the library example gives the numbers in its comment', () => {
    const simulation = simulate(loadCluster(['scenarios/cross-subnet'], { calico: 'v3.32' }))
    const main = simulation.routes('rke-node1').get('main') ?? []
    expect(readme).toContain(`// ${main.length} ${simulation.sessionSurvey().summary.sessions.established}`)
  })
})
