/** How much input is read. Every limit is far above what a cluster of 100,000 nodes needs. */
export interface ReadLimits {
  /** Bytes of one file or of standard input. Below V8's longest string, which is about 536 million characters. */
  readonly fileBytes: number
  /** Bytes of all files together. */
  readonly totalBytes: number
  /**
   * Values of all files together, counted roughly. A file of `{},{},{}` takes twenty times its size in memory, and
   * this many of them still fit into what Node takes on a machine of 8 GB.
   */
  readonly values: number
  /** Documents of one file. */
  readonly documents: number
  /** Levels of objects and lists in one document. */
  readonly depth: number
  /** Values of one document with every alias written out, for each value that is really there. */
  readonly aliasGrowth: number
}

export const DEFAULT_LIMITS: ReadLimits = {
  fileBytes: 500_000_000,
  totalBytes: 1_000_000_000,
  values: 40_000_000,
  documents: 1_000_000,
  depth: 200,
  aliasGrowth: 20,
}
