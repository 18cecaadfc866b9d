import { describe, expect, test } from 'vitest'
import { readManifestText } from '../../../src/manifests/read-manifests.js'

interface Found {
  readonly code: string
  readonly at: string
  readonly severity: string
}

function found(text: string): readonly Found[] {
  return readManifestText(text, 'f').findings.map(({ code, place, severity }) => ({
    code,
    severity,
    at: `${place?.line}:${place?.column}`,
  }))
}

const pool = (body: string): string =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: a}\nspec:\n${body}`
const error = (code: string, at: string): Found => ({ code, at, severity: 'error' })

describe('slips that keep a document from being read', () => {
  test.each([
    ['a tab as indentation', 'kind: Pod\nmetadata:\n\tname: a\n', 'INPUT_TAB', '3:1'],
    ['a tab behind blanks', 'kind: Pod\nmetadata:\n  \tname: a\n', 'INPUT_TAB', '3:3'],
    ['a tab behind a dash', 'kind: Pod\nitems:\n  -\ta: 1\n', 'INPUT_TAB', '3:4'],
    ['typographic quotes in JSON', '{"apiVersion": “v1”}', 'INPUT_TYPOGRAPHIC_QUOTES', '1:16'],
    ['typographic quotes that break YAML', 'a: “x”: y\n', 'INPUT_TYPOGRAPHIC_QUOTES', '1:4'],
    ['a template that parses', 'metadata:\n  name: {{ .Release.Name }}\n', 'INPUT_TEMPLATE', '2:9'],
    ['a template that does not', 'metadata:\n  {{- if x }}\n  a: b\n', 'INPUT_TEMPLATE', '2:3'],
    ['a merge conflict', 'a: b\n<<<<<<< HEAD\nc: d\n=======\n', 'INPUT_SYNTAX', '2:1'],
    ['a second colon', 'spec: rack: a\n', 'INPUT_SYNTAX', '1:11'],
    ['a blank missing behind a colon', 'metadata:\n  name:a\n  labels: {}\n', 'INPUT_SYNTAX', '3:9'],
    ['an open quote', 'a: "x\nb: 1\n', 'INPUT_SYNTAX', '3:1'],
    ['an unknown alias', 'a: *x\n', 'INPUT_SYNTAX', '1:6'],
    ['a comma too much in JSON', '{"a": [1, 2,]}', 'INPUT_SYNTAX', '1:13'],
    ['a comment in JSON', '{"a": 1, // one\n"b": 2}', 'INPUT_SYNTAX', '1:10'],
    ['a line break in a JSON text', '{"a": "x\ny"}', 'INPUT_SYNTAX', '1:7'],
    ['an unquoted word in JSON', '{"a": yes}', 'INPUT_SYNTAX', '1:7'],
  ])('%s', (_, text, code, at) => {
    expect(found(text)).toEqual([error(code, at)])
  })

  test('a brace of JSON that never closes is told as an end', () => {
    const [finding] = readManifestText('{"apiVersion":"v1","kind":"Li', 'f').findings
    expect(finding).toMatchObject({ code: 'INPUT_SYNTAX', message: expect.stringContaining('ends') })
  })
})

describe('slips that a document can be read in spite of', () => {
  test('every duplicate key is reported, and the last one counts', () => {
    const text = pool('  cidr: 10.0.0.0/16\n  cidr: 10.1.0.0/16\n  blockSize: 26\n  blockSize: 27\n')
    expect(found(text)).toEqual([error('INPUT_DUPLICATE_KEY', '6:3'), error('INPUT_DUPLICATE_KEY', '8:3')])
    expect(readManifestText(text, 'f').manifests[0]?.resource.spec).toEqual({ cidr: '10.1.0.0/16', blockSize: 27 })
  })

  test('two documents without --- between them are told once', () => {
    const text = `${pool('  cidr: 10.0.0.0/16\n')}${pool('  cidr: 10.1.0.0/16\n')}`
    expect(found(text)).toEqual([error('INPUT_DUPLICATE_KEY', '6:1')])
  })

  test('duplicate keys of JSON', () => {
    const text = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a",\n "name":"b"}}'
    expect(found(text)).toEqual([error('INPUT_DUPLICATE_KEY', '2:2')])
  })

  test('the same key in two objects is no duplicate', () => {
    expect(
      found('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"name":"b","x":[{"n":1},{"n":2}]}}'),
    ).toEqual([])
  })

  test('a selector that YAML takes for a tag', () => {
    expect(found(pool('  nodeSelector: !has(rack)\n'))).toEqual([
      { code: 'INPUT_UNKNOWN_TAG', at: '5:17', severity: 'warning' },
    ])
    expect(found(pool("  nodeSelector: '!has(rack)'\n  x: a != 'b' && !has(c)\n"))).toEqual([])
  })

  test('typographic quotes in the name of a field', () => {
    expect(found(pool('  “cidr”: 10.0.0.0/16\n'))).toEqual([error('INPUT_TYPOGRAPHIC_QUOTES', '5:11')])
  })

  test('typographic quotes around a value, and not inside one', () => {
    const node = (value: string): string =>
      `apiVersion: v1\nkind: Node\nmetadata:\n  name: a\n  labels: {rack: ${value}}\n`
    expect(found(node('“a”'))).toEqual([{ code: 'INPUT_TYPOGRAPHIC_QUOTES', at: '5:18', severity: 'warning' }])
    expect(found(node('the “a” rack'))).toEqual([])
  })
})

describe('outer fields', () => {
  test('metadata that lost its indentation', () => {
    const text =
      'apiVersion: projectcalico.org/v3\nkind: BGPConfiguration\nmetadata:\nname: default\nspec:\n  asNumber: 64512\n'
    expect(found(text)).toEqual([error('INPUT_LOST_INDENTATION', '4:7')])
  })

  test('a spec that lost its indentation', () => {
    const text = 'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: a\nspec:\ncidr: 10.0.0.0/16\n'
    expect(found(text)).toEqual([error('INPUT_LOST_INDENTATION', '6:7')])
  })

  test.each([
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}\n', '1:1'],
    ['a kind that is no text', 'apiVersion: v1\nkind: 5\nmetadata: {name: a}\n', '2:7'],
    ['a misspelt apiVersion', 'apiversion: v1\nkind: Pod\nmetadata: {name: a}\n', '1:13'],
    ['no metadata', 'apiVersion: v1\nkind: Pod\n', '1:1'],
    ['no name', 'apiVersion: v1\nkind: Pod\nmetadata: {labels: {}}\n', '3:11'],
    ['a number for a name', 'apiVersion: v1\nkind: Pod\nmetadata: {name: 5}\n', '3:18'],
    ['a text', 'hello\n', '1:1'],
    ['a number in a list', '- 5\n', '1:3'],
  ])('%s', (_, text, at) => {
    expect(found(text)).toEqual([error('INPUT_NOT_A_RESOURCE', at)])
  })

  test('names what was probably meant', () => {
    const hint = (text: string): string | undefined => readManifestText(text, 'f').findings[0]?.hint
    expect(hint('apiversion: v1\nkind: Pod\nmetadata: {name: a}\n')).toContain('apiversion')
    expect(hint('apiVersion: v1\nkind: Pod\nmetadata: {nmae: a}\n')).toContain('nmae')
  })
})

describe('kinds and apiVersions', () => {
  const slipOf = (apiVersion: string, kind: string): readonly unknown[] => {
    const set = readManifestText(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`, 'f')
    return set.findings
      .filter(({ code }) => code !== 'INPUT_EMPTY')
      .map(({ code, hint, place }) => [code, hint, place?.line])
  }

  test.each([
    ['projectcalico.org/v3', 'IPPools', 'IPPool'],
    ['projectcalico.org/v3', 'IPpool', 'IPPool'],
    ['projectcalico.org/v3', 'BGPConfig', 'BGPConfiguration'],
    ['projectcalico.org/v3', 'FelixConfig', 'FelixConfiguration'],
    ['crd.projectcalico.org/v1', 'BgpPeer', 'BGPPeer'],
    ['v1', 'Nodes', 'Node'],
    ['apps/v1', 'Daemonset', 'DaemonSet'],
    ['calico-plan/v1', 'Underlays', 'Underlay'],
  ])('%s %s is %s misspelt', (apiVersion, kind, meant) => {
    expect(slipOf(apiVersion, kind)).toEqual([['INPUT_UNKNOWN_KIND', `Did you mean ${meant}?`, 2]])
  })

  test.each([
    ['v1', 'Deployment', 'apps/v1'],
    ['v3', 'IPPool', 'projectcalico.org/v3'],
    ['calico/v3', 'BGPPeer', 'projectcalico.org/v3'],
    ['projectcalico/v3', 'IPPool', 'projectcalico.org/v3'],
    ['crd.projectcalico/v1', 'IPPool', 'crd.projectcalico.org/v1'],
    ['extensions/v1beta1', 'Deployment', 'apps/v1'],
    ['app/v1', 'DaemonSet', 'apps/v1'],
    ['projectcalico.org/v3', 'Installation', 'operator.tigera.io/v1'],
  ])('%s has no %s', (apiVersion, kind, meant) => {
    expect(slipOf(apiVersion, kind)).toEqual([['INPUT_UNKNOWN_API_VERSION', `Did you mean ${meant}?`, 1]])
  })

  test.each([
    ['metallb.io/v1beta1', 'BGPPeer'],
    ['cluster.x-k8s.io/v1beta1', 'Node'],
    ['v1', 'Endpoints'],
    ['v1', 'PodTemplate'],
    ['v1', 'ServiceAccount'],
    ['v1', 'PersistentVolume'],
    ['apps/v1', 'ControllerRevision'],
    ['projectcalico.org/v3', 'GlobalNetworkPolicy'],
    ['projectcalico.org/v3', 'NetworkSet'],
    ['projectcalico.org/v3', 'HostEndpoint'],
    ['projectcalico.org/v3', 'WorkloadEndpoint'],
    ['projectcalico.org/v3', 'CalicoNodeStatus'],
    ['projectcalico.org/v3', 'KubeControllersConfiguration'],
    ['crd.projectcalico.org/v1', 'IPAMHandle'],
    ['operator.tigera.io/v1', 'APIServer'],
  ])('%s %s is somebody else’s', (apiVersion, kind) => {
    expect(slipOf(apiVersion, kind)).toEqual([])
  })

  test('a wrong version of the right group is left to validation', () => {
    const set = readManifestText('apiVersion: projectcalico.org/v1\nkind: IPPool\nmetadata: {name: a}\n', 'f')
    expect(set.manifests).toHaveLength(1)
    expect(set.findings).toEqual([])
  })
})

describe('duplicate resources', () => {
  const poolOf = (cidr: string, group = 'projectcalico.org/v3'): string =>
    `apiVersion: ${group}\nkind: IPPool\nmetadata: {name: a}\nspec: {cidr: ${cidr}}\n`

  test('with other content are an error that names both places', () => {
    const { findings } = readManifestText(`${poolOf('10.0.0.0/16')}---\n${poolOf('10.1.0.0/16')}`, 'f')
    expect(findings).toMatchObject([
      {
        code: 'INPUT_DUPLICATE_RESOURCE',
        severity: 'error',
        place: { file: 'f', line: 6 },
        message: expect.stringContaining('f:1'),
      },
    ])
  })

  test('with the same content are a warning', () => {
    const { findings } = readManifestText(`${poolOf('10.0.0.0/16')}---\n${poolOf('10.0.0.0/16')}`, 'f')
    expect(findings).toMatchObject([{ code: 'INPUT_DUPLICATE_RESOURCE', severity: 'warning' }])
  })

  test('count across both Calico groups', () => {
    const { findings } = readManifestText(
      `${poolOf('10.0.0.0/16')}---\n${poolOf('10.1.0.0/16', 'crd.projectcalico.org/v1')}`,
      'f',
    )
    expect(findings).toMatchObject([{ code: 'INPUT_DUPLICATE_RESOURCE', severity: 'error' }])
  })

  test('no namespace is the namespace default', () => {
    const pod = (metadata: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: a${metadata}}\n`
    const codes = (metadata: string): readonly string[] =>
      readManifestText(`${pod('')}---\n${pod(metadata)}`, 'f').findings.map(({ code }) => code)
    expect(codes(', namespace: default')).toEqual(['INPUT_DUPLICATE_RESOURCE'])
    expect(codes(', namespace: other')).toEqual([])
  })

  test('the Node of Calico and that of Kubernetes are two', () => {
    const node = (apiVersion: string): string => `apiVersion: ${apiVersion}\nkind: Node\nmetadata: {name: a}\n`
    expect(found(`${node('v1')}---\n${node('projectcalico.org/v3')}`)).toEqual([])
  })
})
