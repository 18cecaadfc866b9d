import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { calicoPlan } from '../../cli.js'

describe('deploy/fail-sweep.yaml', () => {
  const job = parse(readFileSync('deploy/fail-sweep.yaml', 'utf8')) as {
    readonly spec: {
      readonly completions: number
      readonly template: {
        readonly spec: {
          readonly containers: readonly [
            { readonly args: readonly [string]; readonly env: readonly [{ readonly value: string }] },
          ]
        }
      }
    }
  }
  const [container] = job.spec.template.spec.containers

  test('has as many parts as it says to the command', () => {
    expect(container.env[0].value).toBe(String(job.spec.completions))
  })

  test('calls the command with flags that there are', async () => {
    const call = /calico-plan (fail [^>]*)>/.exec(container.args[0].replaceAll('\\\n', ''))?.[1] ?? ''
    const argv = call
      .trim()
      .split(/\s+/)
      .map((word) => word.replace('/data/cluster', 'scenarios/cross-subnet').replace('"$part/$PARTS"', '1/8'))
    const { out, status } = await calicoPlan(...argv)
    expect(status).toBeLessThan(2)
    expect(JSON.parse(out)).toMatchObject({ kind: 'FailureReport', k: 2 })
  })
})
