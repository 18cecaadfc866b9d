/** How fast a cost grows with the number of nodes. */

/** The exponent e of cost ~ nodes^e between two sizes. */
export function exponent(few: number, costOfFew: number, many: number, costOfMany: number): number {
  return Math.log(costOfMany / costOfFew) / Math.log(many / few)
}
