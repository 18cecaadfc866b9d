/** A file that holds one `kind: List`, written object by object so that no kind has to fit into memory. */

import { type FileHandle, open, rm } from 'node:fs/promises'
import type { Fields } from './wanted.js'

export interface ListFile {
  readonly write: (items: readonly Fields[]) => Promise<void>
  /** Ends the list; a file that got no object is taken away again. */
  readonly close: () => Promise<void>
  readonly discard: () => Promise<void>
}

/** Fails when the file exists already. */
export async function createListFile(path: string): Promise<ListFile> {
  const file: FileHandle = await open(path, 'wx')
  let count = 0
  const discard = async (): Promise<void> => {
    await file.close()
    await rm(path)
  }
  return {
    write: async (items) => {
      for (const item of items) {
        await file.write(
          `${count === 0 ? '{"apiVersion":"v1","kind":"List","items":[\n' : ',\n'}${JSON.stringify(item)}`,
        )
        count++
      }
    },
    close: async () => {
      if (count === 0) return await discard()
      await file.write('\n]}\n')
      await file.close()
    },
    discard,
  }
}
