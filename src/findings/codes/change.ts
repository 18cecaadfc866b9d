import type { CodeDescription } from '../code.js'

/** Codes of changes and runbooks: what the real command would refuse, and what the planner does not carry out. */
export const CHANGE_CODES = {
  CHANGE_NOT_FOUND: {
    title: 'The command names an object that does not exist',
    explanation:
      'At this point of the runbook nothing of that kind has this name. kubectl and calicoctl end with an error and change nothing of it.',
    source: 'k8s.io/apimachinery api/errors NewNotFound; libcalico-go lib/errors ErrorResourceDoesNotExist',
  },
  CHANGE_ALREADY_EXISTS: {
    title: 'create of an object that exists',
    explanation: 'create never changes an object that is there. apply or replace does.',
    source: 'k8s.io/apimachinery api/errors NewAlreadyExists; libcalico-go lib/errors ErrorResourceAlreadyExists',
  },
  CHANGE_PATCH_INVALID: {
    title: 'A patch is not what the command can read',
    explanation:
      'calicoctl takes a JSON object, kubectl JSON or YAML, and an array of operations with --type=json. Quotes copied from a web page are the usual cause.',
    source: 'calicoctl/resourcemgr/resourcemgr.go Patch; kubectl pkg/cmd/patch; RFC 6902, RFC 7386',
  },
  CHANGE_PATCH_FAILED: {
    title: 'A patch cannot be applied to the object',
    explanation: 'An operation of a JSON patch names a place that the object does not have, or a test fails.',
    source: 'RFC 6902 section 5',
  },
  CHANGE_PATCH_TYPE: {
    title: 'A patch of a type that the API server does not take for this kind',
    explanation:
      'A custom resource takes merge and JSON patches only; kubectl sends a strategic one unless --type says otherwise. Through the Calico API server, projectcalico.org/v3, a strategic one is taken.',
    source: 'k8s.io/apiextensions-apiserver pkg/apiserver/customresource_handler.go supportedTypes',
  },
  CHANGE_LABEL_EXISTS: {
    title: 'A label or annotation has another value already',
    explanation: 'Without --overwrite the commands leave a value that is there as it is and end with an error.',
    source: 'kubectl pkg/cmd/label validateNoOverwrites; calicoctl commands/label_command.go',
  },
  CHANGE_LABEL_MASKED: {
    title: 'A label given with calicoctl loses to the Kubernetes label',
    explanation:
      'On a Kubernetes datastore calicoctl keeps labels in an annotation of the Node. Where the Node has a label of the same key, that one counts.',
    source: 'libcalico-go lib/backend/k8s/resources/node.go mergeCalicoAndK8sLabels',
  },
  CHANGE_READ_ONLY: {
    title: 'The object cannot be changed by this command',
    explanation: 'Calico writes it itself, or the command has no such right.',
    source: 'calicoctl/resourcemgr/resourcemgr.go Apply; clusterinfo.go',
  },
  CHANGE_KIND_UNKNOWN: {
    title: 'The command names a kind that does not exist',
    explanation: 'kubectl and calicoctl know each kind by its singular, its plural and some short names.',
    source: 'calicoctl/resourcemgr/resourcemgr.go GetResourcesFromArgs; kubectl api-resources',
  },
  CHANGE_SELECTOR_INVALID: {
    title: 'A label selector cannot be read',
    explanation: 'kubectl takes KEY=VALUE, KEY!=VALUE, KEY in (A,B), KEY notin (A,B), KEY and !KEY, joined by commas.',
    source: 'k8s.io/apimachinery pkg/labels/selector.go',
  },
  CHANGE_NOTHING_SELECTED: {
    title: 'The command changes nothing, because its selector matches nothing',
    explanation: 'kubectl prints "No resources found" and goes on.',
    source: 'kubectl pkg/cmd',
  },
  CHANGE_DRAIN_REFUSED: {
    title: 'kubectl drain refuses',
    explanation:
      'DaemonSet pods need --ignore-daemonsets, pods that no controller owns need --force. The node is cordoned all the same.',
    source: 'k8s.io/kubectl pkg/drain/filters.go',
  },
  CHANGE_REPLICAS_DIFFER: {
    title: 'scale expected another number of replicas',
    explanation: '--current-replicas is a condition: when it does not hold, nothing is scaled.',
    source: 'kubectl pkg/cmd/scale',
  },
  CHANGE_CONTAINER_UNKNOWN: {
    title: 'The pod template has no such container',
    explanation: 'set env -c and set image name containers of the pod template.',
    source: 'kubectl pkg/cmd/set',
  },
  CHANGE_IPAM_INVALID: {
    title: 'calicoctl ipam configure refuses the combination',
    explanation:
      'A limit on the blocks of a node needs strict affinity, and without strict affinity blocks have to be allocated by themselves.',
    source: 'libcalico-go lib/ipam/ipam.go SetIPAMConfig',
  },
  CHANGE_POOL_TERMINATING: {
    title: 'The pool stays until its last block is released',
    explanation:
      'Where IPPools are served by their v3 CRD, kube-controllers holds a finalizer on each pool: deleting it releases the affinities at once, and the pool itself goes when no block is left in it. Until then it takes no new addresses.',
    source: 'kube-controllers/pkg/controllers/ippool/pool_controller.go reconcileFinalizer',
  },
  CHANGE_POOL_IN_USE: {
    title: 'A pool is deleted while pods have addresses in it',
    explanation:
      'The pods keep their addresses, but their blocks lose their owner: each address is announced as a /32 of its own, outside NAT to the pool can end, and no encapsulation is chosen for it. Delete the pods first.',
    source: 'libcalico-go lib/clientv3/ippool.go Delete; lib/ipam/ipam.go ReleasePoolAffinities',
  },
  CHANGE_NOT_PICKED_UP: {
    title: 'The change lies in the datastore and nothing reads it yet',
    explanation:
      'Environment and mounted settings are read when calico-node starts, the MTU of a pod when it is made. Until then the old value is in force.',
    source: 'cni-plugin/pkg/install; node/pkg/lifecycle/startup/startup.go',
  },
  CHANGE_UNSUPPORTED: {
    title: 'The change is not part of the model',
    explanation: 'It is reported so that it is not taken for harmless; the world stays as it was.',
    source: 'docs/limits.md',
  },
  RUNBOOK_NOT_SIMULATED: {
    title: 'A command of the runbook is not simulated',
    explanation:
      'The planner understands kubectl, calicoctl and the usual read-only tools. Anything else may change the network, and the steps after it are predicted as if it did not.',
    source: 'calico-plan rehearse --help',
  },
  RUNBOOK_SYNTAX: {
    title: 'A command of the runbook is not valid shell',
    explanation: 'A quote or a here-document is not closed, so a shell would go on reading or refuse.',
    source: 'POSIX.1-2017 Shell Command Language 2.2, 2.7.4',
  },
  RUNBOOK_QUOTES: {
    title: 'A command holds typographic quotes',
    explanation:
      'Web pages and word processors turn quotes into typographic ones. The shell passes them on as letters, and JSON does not take them for quotes.',
    source: 'RFC 8259 section 7; POSIX.1-2017 Shell Command Language 2.2',
  },
  RUNBOOK_PLACEHOLDER: {
    title: 'A command holds a placeholder or a variable that is not set',
    explanation: 'What stands there is filled in by whoever runs it, so the step cannot be predicted as it is.',
    source: 'calico-plan rehearse --help',
  },
  RUNBOOK_FILE_MISSING: {
    title: 'A file that the runbook names is not beside it',
    explanation:
      'Files are read from the directory of the runbook and below, from fenced blocks with the file name as a caption, and from here-documents that write them.',
    source: 'calico-plan rehearse --help',
  },
  RUNBOOK_COMMAND_INVALID: {
    title: 'The command is not complete',
    explanation: 'The real command would print its usage and do nothing.',
    source: 'kubectl --help; calicoctl --help',
  },
  RUNBOOK_EMPTY: {
    title: 'The runbook has no step',
    explanation:
      'In Markdown the steps are fenced blocks marked sh, bash, shell or console; indented code and prose are not read.',
    source: 'calico-plan rehearse --help',
  },
  RUNBOOK_TOO_LARGE: {
    title: 'The runbook is larger than the planner reads',
    explanation: 'A bound on size and number of steps keeps memory and time bounded on mistaken input.',
    source: 'src/planning/runbook/limits.ts',
  },
} as const satisfies Readonly<Record<string, CodeDescription>>
