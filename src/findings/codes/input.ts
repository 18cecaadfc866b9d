import type { CodeDescription } from '../code.js'

/** Codes of the reader: what keeps a manifest from being read at all, and how a command was called. */
export const INPUT_CODES = {
  INPUT_NO_PATH: {
    title: 'No PATH was given',
    explanation:
      'Every command reads manifests from files, directories or standard input, and needs at least one of them.',
    source: 'calico-plan --help',
  },
  INPUT_BAD_OPTION: {
    title: 'An option has a value that cannot be used',
    explanation: 'The command stops before it reads anything. --help lists what each option takes.',
    source: 'calico-plan --help',
  },
  INPUT_UNKNOWN_NODE: {
    title: 'A node was named that the input does not hold',
    explanation: 'Node names are those of the Node resources, and NAME-0, NAME-1, ... for a NodeSet.',
    source: 'calico-plan --help',
  },
  OUTPUT_NOT_WRITABLE: {
    title: 'What was to be written cannot be written there',
    explanation:
      'A directory with something in it is never written to, because old files would pass for part of the answer; a file or directory without the right to write is refused too.',
    source: 'calico-plan --help',
  },
  SNAPSHOT_FAILED: {
    title: 'A live cluster could not be read',
    explanation: 'kubectl could not be run, or the API server did not let it list the nodes.',
    source: 'calico-plan snapshot --help',
  },
  INPUT_NOT_FOUND: {
    title: 'A PATH does not exist',
    explanation: 'Neither a file nor a directory has this name.',
    source: 'calico-plan --help',
  },
  INPUT_UNREADABLE: {
    title: 'A PATH cannot be read',
    explanation: 'The file exists but the operating system refuses to open or read it.',
    source: 'calico-plan --help',
  },
  INPUT_EMPTY: {
    title: 'There is no manifest in the input',
    explanation:
      'A directory is searched for *.yaml, *.yml and *.json at every depth, hidden files and directories excepted. An input without a single resource is more often a wrong path than a wish.',
    source: 'calico-plan --help',
  },
  INPUT_TOO_LARGE: {
    title: 'A file is larger than the planner reads',
    explanation:
      'The limit keeps memory bounded on hostile or mistaken input. Split the dump by kind: kubectl get one kind at a time.',
    source: 'src/manifests/limits.ts',
  },
  INPUT_NOT_TEXT: {
    title: 'A file is not text',
    explanation:
      'Manifests are UTF-8 text, or UTF-16 with a byte order mark. A file with NUL bytes is an archive or another binary.',
    source: 'YAML 1.2 section 5.2; RFC 8259 section 8.1',
  },
  INPUT_NOT_UTF8: {
    title: 'A file is not UTF-8 throughout',
    explanation:
      'It was probably saved in Latin-1. kubectl reads each such byte as the replacement character, which does no harm in a comment and much in a name.',
    source: 'YAML 1.2 section 5.2; observed with kubectl 1.32',
  },
  INPUT_SYNTAX: {
    title: 'The YAML or JSON cannot be parsed',
    explanation:
      'Nothing of this document is used. Other documents of the file are still read, so that one run shows every problem.',
    source: 'YAML 1.1; RFC 8259',
  },
  INPUT_TEMPLATE: {
    title: 'A document is a template, not a manifest',
    explanation:
      'Text such as {{ .Values.cidr }} is filled in by helm or another tool before anything reaches the cluster. Only what comes out can be read.',
    source: 'observed with kubectl 1.32',
  },
  INPUT_UNKNOWN_TAG: {
    title: 'A value without quotes begins with an exclamation mark',
    explanation:
      'YAML takes a word that begins with ! for a tag and not for text. Of the selector !has(rack) kubectl keeps the empty text, without a warning; a selector that begins with ! has to stand in quotes.',
    source: 'YAML 1.2 section 6.9.1; observed with kubectl 1.32',
  },
  INPUT_TAB: {
    title: 'A tab stands where YAML wants blanks',
    explanation: 'YAML forbids tabs as indentation. Editors and web pages put them in unseen.',
    source: 'YAML 1.2 section 6.1',
  },
  INPUT_DUPLICATE_KEY: {
    title: 'A field is written twice in one object',
    explanation:
      'kubectl apply refuses it with strict validation; without it the last one counts. Often two documents lack the --- between them. In JSON it is looked for in files up to 4 MB.',
    source: 'YAML 1.2 section 3.2.1.3',
  },
  INPUT_TYPOGRAPHIC_QUOTES: {
    title: 'Typographic quotes where plain ones belong',
    explanation:
      'Text copied from a web page or a word processor carries “ ” or ‘ ’. YAML and JSON know only the plain quotes.',
    source: 'RFC 8259 section 7',
  },
  INPUT_TOO_DEEP: {
    title: 'Objects are nested too deeply',
    explanation: 'No manifest comes near the limit; the input is damaged or hostile.',
    source: 'src/manifests/limits.ts',
  },
  INPUT_ALIAS_BOMB: {
    title: 'YAML aliases expand beyond the limit',
    explanation:
      'A few lines of nested aliases can stand for billions of values. The document is refused before anything walks through it.',
    source: 'src/manifests/limits.ts',
  },
  INPUT_NOT_A_RESOURCE: {
    title: 'A document is no Kubernetes object',
    explanation:
      'Every document needs apiVersion, kind and metadata.name. A document that has neither of the first two is a warning when it was only found in a directory: it may be no manifest.',
    source: 'Kubernetes API conventions, section Types (Kinds)',
  },
  INPUT_UNKNOWN_KIND: {
    title: 'A kind is misspelt',
    explanation:
      'The API group has no such kind, and it is close to one that the planner reads. Kinds are written in the singular, with upper and lower case as documented.',
    source: 'api/pkg/apis/projectcalico/v3/register.go; Kubernetes API reference',
  },
  INPUT_UNKNOWN_API_VERSION: {
    title: 'An apiVersion does not have the kind',
    explanation:
      'The kind is one that the planner reads, in another API group. Calico kinds live in projectcalico.org/v3 and crd.projectcalico.org/v1, workloads in apps/v1.',
    source: 'api/pkg/apis/projectcalico/v3/register.go; Kubernetes API reference',
  },
  INPUT_LOST_INDENTATION: {
    title: 'A field stands beside its parent instead of below it',
    explanation:
      'A page copied from the web often loses its indentation. What stood under metadata then stands beside it, where the API server ignores or refuses it.',
    source: 'Kubernetes API conventions, section Metadata',
  },
  INPUT_DUPLICATE_RESOURCE: {
    title: 'Two documents describe the same resource',
    explanation:
      'A cluster holds one object of a kind, namespace and name; both Calico groups hold the same objects. With kubectl apply the later one wins. When the two say the same it is only a warning.',
    source: 'Kubernetes API conventions, section Metadata',
  },
} as const satisfies Readonly<Record<string, CodeDescription>>
