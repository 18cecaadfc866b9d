/** One area of the conformance suite: reads its part of the cases folder and judges the product by it. */

export interface AreaResult {
  readonly cases: number
  readonly passed: number
  readonly failed: readonly { readonly case: string; readonly why: string }[]
  readonly skipped: readonly { readonly case: string; readonly reason: string }[]
}

export interface Area {
  readonly name: string
  run(folder: string): AreaResult | Promise<AreaResult>
}
