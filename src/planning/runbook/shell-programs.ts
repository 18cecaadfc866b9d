/** Programs of every shell, which change nothing but the machine that the operator sits at. */

/** Prepare for other commands; there is nothing to tell of them. */
const PASSED_OVER: ReadonlySet<string> = new Set(
  'export set unset cd pushd popd true : exit return alias shopt trap local declare typeset readonly umask clear'.split(
    ' ',
  ),
)

const READS: ReadonlySet<string> = new Set(
  (
    'echo printf cat grep egrep fgrep head tail less more sort uniq wc cut tr awk gawk jq yq column nl date ' +
    'ls pwd find diff test [ [[ false read open ' +
    'hostname whoami id uname uptime which type sha256sum md5sum base64 stat file seq ' +
    'basename dirname history man help printenv cmp paste envsubst xxd ps top free df du lsof lscpu dmesg journalctl ' +
    'expr let wait jobs fg bg tput stty logger script tmux screen calico-plan'
  ).split(' '),
)

/** Write files, which matters where they run on a node. */
const WRITES: ReadonlySet<string> = new Set(
  'tee mkdir touch cp mv rm rmdir chmod chown ln sed vim vi nano emacs code tar gzip gunzip zip unzip dos2unix git'.split(
    ' ',
  ),
)

export function passedOver(name: string): boolean {
  return PASSED_OVER.has(name)
}

/** `elsewhere`: the command runs on a node or in a pod. */
export function isLocal(name: string, rest: readonly string[], elsewhere: boolean): boolean {
  if (READS.has(name)) return true
  if (WRITES.has(name)) return !elsewhere
  return name === 'helm' && HELM_LOOKS.has(rest[0] ?? '')
}

const HELM_LOOKS: ReadonlySet<string> = new Set(
  'list ls status get history template version show search repo pull lint dependency env'.split(' '),
)

/** Standard output of these is their input or parts of it. */
export function makesText(name: string): boolean {
  return name === 'echo' || name === 'printf' || name === 'cat' || name === 'tee'
}
