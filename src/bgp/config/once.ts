/** Wraps a function so that it runs when it is first asked and never again. */
export function once<T>(make: () => T): () => T {
  let held: { readonly value: T } | undefined
  return () => {
    held ??= { value: make() }
    return held.value
  }
}
